Feature: Usernames
  The username of a client is the custom one, or else it is made from the name of the object.

  Rule: A custom username is used exactly as it is given

    @UN_1
    Scenario: What sanitising would remove stays in a custom username
      Given a source "orders" in namespace "shop" with:
        | field    | value                                                     |
        | username | Tenant_7.order.Job--of_the.Shop_and..its__Archive-in.Full |
      When the source "orders" in namespace "shop" is backed up
      Then it is recorded under username "Tenant_7.order.Job--of_the.Shop_and..its__Archive-in.Full"

    @UN_E1 @as-given
    Scenario: An e-mail address as username is recorded as it is
      Given the documented manifest "username-1-custom"
      When every source is backed up
      Then the backups are recorded under:
        | name       | namespace  | username                |
        | app-backup | production | backup-user@company.com |

    @UN_6
    Scenario: One custom name leaves the other part as it would be
      Given these sources:
        | name         | namespace                                          | username | hostname |
        | user-given   | a-namespace-that-is-too-long-to-enter-any-username | desk     |          |
        | host-given   | a-namespace-that-is-too-long-to-enter-any-username |          | site-b   |
      When every source is backed up
      Then the backups are recorded under:
        | name         | namespace                                          | username   | hostname                                           |
        | user-given   | a-namespace-that-is-too-long-to-enter-any-username | desk       | a-namespace-that-is-too-long-to-enter-any-username |
        | host-given   | a-namespace-that-is-too-long-to-enter-any-username | host-given | site-b                                             |

  Rule: Name and namespace make the default username where they have at most 50 characters together

    @UN_E2 @object-name-namespace
    Scenario: A short name gets its namespace
      Given the documented manifest "username-2-with-namespace"
      When the source "app-data" in namespace "prod" is backed up
      Then it is recorded under username "app-data-prod" and hostname "prod"

    @UN_2 @object-name-namespace
    Scenario: 50 characters are still short enough
      Given these sources:
        | name                                          | namespace |
        | orders                                        | shop      |
        | database-of-the-order-service-and-its-archive | prod      |
      When every source is backed up
      Then the backups are recorded under:
        | name                                          | namespace | username                                           |
        | orders                                        | shop      | orders-shop                                        |
        | database-of-the-order-service-and-its-archive | prod      | database-of-the-order-service-and-its-archive-prod |

  Rule: The sanitised name alone is the default username where they have more than 50 characters

    @UN_3 @object-name-namespace
    Scenario: 51 characters are too long
      Given these sources:
        | name                                           | namespace |
        | databases-of-the-order-service-and-its-archive | prod      |
        | database-of-the-order-service-and-its-archive  | stage     |
      When every source is backed up
      Then the backups are recorded under:
        | name                                           | namespace | username                                       |
        | databases-of-the-order-service-and-its-archive | prod      | databases-of-the-order-service-and-its-archive |
        | database-of-the-order-service-and-its-archive  | stage     | database-of-the-order-service-and-its-archive  |

    @UN_E3 @object-name @object-name-namespace
    Scenario: A long name stands alone
      Given the documented manifest "username-3-long-name"
      When the source "very-long-application-backup-with-detailed-name" in namespace "production-environment" is backed up
      Then it is recorded under username "very-long-application-backup-with-detailed-name"

  Rule: A generated username is sanitised

    # The namespace is so long that no side adds it to the username.
    @UN_4
    Scenario: The dots of a legal name are removed
      Given a source "orders.of.the-shop" in namespace "a-namespace-that-is-too-long-to-enter-any-username"
      When the source "orders.of.the-shop" in namespace "a-namespace-that-is-too-long-to-enter-any-username" is backed up
      Then it is recorded under username "ordersofthe-shop"

    @UN_E4 @object-name-namespace
    Scenario: Characters that a username cannot hold are removed
      When a destination asks for the source "app@service.backup" of namespace "dev-test"
      Then it asks for username "appservicebackup-dev-test"

  Rule: A username of which nothing is left has a fallback

    @UN_5
    Scenario Outline: Nothing is left of <name>
      When a destination asks for the source "<name>" of namespace "a-namespace-that-is-too-long-to-enter-any-username"
      Then it asks for username "volsync-default"

      Examples:
        | name |
        | ...  |
        | -_-  |
        | @    |

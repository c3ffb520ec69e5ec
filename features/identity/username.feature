Feature: The username of an identity is the custom one, or is made from the name of the object
  The username of a ReplicationSource (below: source) is its field username, exactly as it is given.
  Without that field it is made from the name, and in one variant of the document from the namespace, too.

  Rule: A custom username is used exactly as it is given

    @UN_1
    Scenario: A custom username keeps the characters that sanitising would remove
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

    @UN_6 @literal-namespaces
    Scenario: A source with one custom name has the default for the other
      Given these sources:
        | name       | namespace                                          | username | hostname |
        | user-given | a-namespace-that-is-too-long-to-enter-any-username | desk     |          |
        | host-given | a-namespace-that-is-too-long-to-enter-any-username |          | site-b   |
      When every source is backed up
      Then the backups are recorded under:
        | name       | namespace                                          | username   | hostname                                           |
        | user-given | a-namespace-that-is-too-long-to-enter-any-username | desk       | a-namespace-that-is-too-long-to-enter-any-username |
        | host-given | a-namespace-that-is-too-long-to-enter-any-username | host-given | site-b                                             |

  Rule: Name and namespace make the default username where they have at most 50 characters together

    @UN_E2 @object-name-namespace @literal-namespaces
    Scenario: The documented short name gets its namespace
      Given the documented manifest "username-2-with-namespace"
      When the source "app-data" in namespace "prod" is backed up
      Then it is recorded under username "app-data-prod" and hostname "prod"

    @UN_2 @object-name-namespace @literal-namespaces
    Scenario: A name that has at most 50 characters with its namespace gets the namespace
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

    @UN_3 @object-name-namespace @literal-namespaces
    Scenario: A name that has 51 characters with its namespace stands alone
      Given these sources:
        | name                                           | namespace |
        | databases-of-the-order-service-and-its-archive | prod      |
        | database-of-the-order-service-and-its-archive  | stage     |
      When every source is backed up
      Then the backups are recorded under:
        | name                                           | namespace | username                                       |
        | databases-of-the-order-service-and-its-archive | prod      | databases-of-the-order-service-and-its-archive |
        | database-of-the-order-service-and-its-archive  | stage     | database-of-the-order-service-and-its-archive  |

    @UN_E3 @object-name @object-name-namespace @literal-namespaces
    Scenario: The documented long name stands alone
      Given the documented manifest "username-3-long-name"
      When the source "very-long-application-backup-with-detailed-name" in namespace "production-environment" is backed up
      Then it is recorded under username "very-long-application-backup-with-detailed-name"

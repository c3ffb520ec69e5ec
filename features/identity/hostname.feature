Feature: Hostnames
  The hostname of a client is the custom one, or else its namespace.

  Rule: A custom hostname is used exactly as it is given

    @HN_1
    Scenario: What sanitising would change stays in a custom hostname
      Given a source "orders" in namespace "shop" with:
        | field    | value                                                                       |
        | hostname | Shop_Floor.Site-B..of__the--Store-in-the-North.Of-the-Country.company.Local |
      When the source "orders" in namespace "shop" is backed up
      Then it is recorded under hostname "Shop_Floor.Site-B..of__the--Store-in-the-North.Of-the-Country.company.Local"

    @HN_E1
    Scenario: A fully qualified name is kept
      Given the documented manifest "hostname-1-custom"
      When the source "db-backup" in namespace "production" is backed up
      Then it is recorded under hostname "mysql-primary.production.local"

  Rule: Without a custom hostname it is the namespace

    @HN_2
    Scenario: The hostname is the namespace, however it is spelt
      Given these sources:
        | name   | namespace                                                       |
        | orders | a                                                               |
        | orders | 007                                                             |
        | orders | the--namespace-of-a-team-with-a-title-as-long-as-a-label-may-be |
      When every source is backed up
      Then the backups are recorded under:
        | name   | namespace                                                       | hostname                                                        |
        | orders | a                                                               | a                                                               |
        | orders | 007                                                             | 007                                                             |
        | orders | the--namespace-of-a-team-with-a-title-as-long-as-a-label-may-be | the--namespace-of-a-team-with-a-title-as-long-as-a-label-may-be |

    @HN_E2 @object-name
    Scenario: A source is its name at its namespace
      Given the documented manifest "hostname-2-namespace"
      When the source "app-backup" in namespace "prod" is backed up
      Then it is recorded under username "app-backup" and hostname "prod"

    @HN_E3 @object-name
    Scenario: Two sources of one namespace share its hostname
      Given the documented manifest "hostname-3-shared"
      When every source is backed up
      Then the backups share one hostname and have different usernames
      And the backups are recorded under:
        | name       | namespace              | username   | hostname               |
        | app-backup | production-environment | app-backup | production-environment |
        | db-backup  | production-environment | db-backup  | production-environment |

  Rule: A generated hostname is sanitised, and has a fallback

    @HN_4
    Scenario: Characters that a hostname cannot hold are removed
      When a destination asks for the source "orders" of namespace "shop_floor@site:b"
      Then it asks for hostname "shop-floorsiteb"

    @HN_3
    Scenario Outline: Nothing is left of <namespace>
      When a destination asks for the source "orders" of namespace "<namespace>"
      Then it asks for hostname "volsync-default"

      Examples:
        | namespace |
        | ._.       |
        | @         |

Feature: The hostname of an identity is the custom one, or the namespace
  The hostname of a ReplicationSource (below: source) is its field hostname, exactly as it is given.
  Without that field it is the namespace.

  Rule: A custom hostname is used exactly as it is given

    @HN_1
    Scenario: A custom hostname keeps the characters that sanitising would change
      Given a source "orders" in namespace "shop" with:
        | field    | value                                                                       |
        | hostname | Shop_Floor.Site-B..of__the--Store-in-the-North.Of-the-Country.company.Local |
      When the source "orders" in namespace "shop" is backed up
      Then it is recorded under hostname "Shop_Floor.Site-B..of__the--Store-in-the-North.Of-the-Country.company.Local"

    @HN_E1
    Scenario: The documented fully qualified name is recorded as it is
      Given the documented manifest "hostname-1-custom"
      When the source "db-backup" in namespace "production" is backed up
      Then it is recorded under hostname "mysql-primary.production.local"

  Rule: Without a custom hostname the namespace is the hostname

    @HN_2 @literal-namespaces
    Scenario: A namespace of one character, of digits, or of 63 characters is the hostname
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

    @HN_E2 @object-name @literal-namespaces
    Scenario: The documented source without custom names is recorded under its name and its namespace
      Given the documented manifest "hostname-2-namespace"
      When the source "app-backup" in namespace "prod" is backed up
      Then it is recorded under username "app-backup" and hostname "prod"

    @HN_E3 @object-name @literal-namespaces
    Scenario: The two documented sources of one namespace share its hostname
      Given the documented manifest "hostname-3-shared"
      When every source is backed up
      Then the backups share one hostname and have different usernames
      And the backups are recorded under:
        | name       | namespace              | username   | hostname               |
        | app-backup | production-environment | app-backup | production-environment |
        | db-backup  | production-environment | db-backup  | production-environment |

Feature: Nothing that was backed up is destroyed
  A ReplicationSource (below: source) changes, or its surroundings do. What was backed up before stays readable.

  Rule: A backup into another repository leaves that repository readable

    @LO_1
    Scenario: The Secret of a source names another repository after its first backup
      Given a source "orders" in namespace "shop"
      And every source is backed up
      And the repository Secret of namespace "shop" is changed to the repository "s3://moved-backups"
      When the source "orders" in namespace "shop" is backed up
      Then the backup succeeds
      And a kopia client with an empty cache can read the whole repository "s3://moved-backups"

    @LO_1
    Scenario: The Secret of a source names the repository of another tenant after its first backup
      Given these sources:
        | name   | namespace |
        | orders | shop      |
        | files  | office    |
      And these repositories:
        | namespace | repository          |
        | office    | s3://office-backups |
      And every source is backed up
      And the repository Secret of namespace "shop" is changed to the repository "s3://office-backups"
      When the source "orders" in namespace "shop" is backed up
      Then a kopia client with an empty cache can read the whole repository "s3://office-backups"

Feature: A restore that finds no backup of its identity fails and changes nothing
  A ReplicationDestination (below: destination) must neither restore the data of another
  ReplicationSource (below: source) nor report success with an empty volume.

  Rule: The message on a restore that finds nothing mentions every identity

    @IS_4
    Scenario: A restore that finds no snapshot fails, and its message mentions every identity
      Given 16 kopia users have a snapshot each
      And these sources:
        | name   | namespace | username   | hostname  |
        | orders | shop      |            |           |
        | mail   | office    | mail.relay | Site-B.eu |
      And every source is backed up
      When the destination "nobody" in namespace "shop" restores
      Then the restore fails
      And a message on the destination mentions every identity of the repository

  Rule: A restore of an identity without backups fails and leaves the volume as it was

    # Each tenant is what a careless comparison takes for order.job of site.eu.
    @IS_6
    Scenario: An identity that is only similar to others restores nothing
      Given the history of these tenants:
        | username      | hostname      | snapshots | latest               |
        | Order.Job     | site.eu       | 1         | 2024-01-20T10:00:00Z |
        | order-job     | site.eu       | 1         | 2024-01-20T10:01:00Z |
        | orderjob      | site.eu       | 1         | 2024-01-20T10:02:00Z |
        | order.job.old | site.eu       | 1         | 2024-01-20T10:03:00Z |
        | re-order.job  | site.eu       | 1         | 2024-01-20T10:04:00Z |
        | order.job     | Site.EU       | 1         | 2024-01-20T10:05:00Z |
        | order.job     | site-eu       | 1         | 2024-01-20T10:06:00Z |
        | order.job     | site          | 1         | 2024-01-20T10:07:00Z |
        | order.job     | site.eu.local | 1         | 2024-01-20T10:08:00Z |
        | site.eu       | order.job     | 1         | 2024-01-20T10:09:00Z |
      And the volume of the destination "restore-data" in namespace "restore-lab" holds the files:
        | report.txt |
      When the destination "restore-data" in namespace "restore-lab" restores with:
        | field    | value     |
        | username | order.job |
        | hostname | site.eu   |
      Then the restore fails
      And its volume is left as it was

    @IS_6
    Scenario: A restore that finds nothing keeps the files of the volume, also with enableFileDeletion
      Given a source "orders" in namespace "shop"
      And every source is backed up
      And the volume of the destination "nobody" in namespace "shop" holds the files:
        | report.txt    |
        | notes/one.txt |
      When the destination "nobody" in namespace "shop" restores with:
        | field              | value |
        | enableFileDeletion | true  |
      Then the restore fails
      And its volume is left as it was

    @IS_6
    Scenario: A restore that finds nothing keeps the files of the volume
      Given a source "orders" in namespace "shop"
      And every source is backed up
      And the volume of the destination "nobody" in namespace "shop" holds the files:
        | report.txt    |
        | notes/one.txt |
      When the destination "nobody" in namespace "shop" restores
      Then the restore fails
      And its volume is left as it was

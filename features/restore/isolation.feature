Feature: A restore gets the right data, or none
  The worst that a backup can do is to hand out somebody else's data, or an empty volume that is
  reported as a success.

  Rule: A restore that finds nothing says who is there

    @IS_4
    Scenario: A restore that finds no snapshot fails and names every identity
      Given these sources:
        | name   | namespace | username   | hostname  |
        | orders | shop      |            |           |
        | files  | office    |            |           |
        | mail   | office    | mail.relay | Site-B.eu |
      And every source is backed up
      When the destination "nobody" in namespace "shop" restores
      Then the restore fails
      And the user is told every identity in the repository

  Rule: A wrong identity yields nothing, and nothing is no success

    @IS_6
    Scenario: Identities that nobody has restore nothing
      Given these sources:
        | name   | namespace | username   | hostname   |
        | orders | shop      | order-desk | shop-floor |
        | files  | office    | file-desk  | back-room  |
      And every source is backed up
      And the volumes of 4 destinations in namespace "restore-lab" hold a file
      When destinations in namespace "restore-lab" ask for these identities:
        | username   | hostname   |
        | order-desk | back-room  |
        | shop-floor | order-desk |
        | order      | shop-floor |
        | Order-Desk | shop-floor |
      Then every one of these restores fails
      And every one of these volumes is left as it was

    @IS_6
    Scenario: A restore that finds nothing spares what is in the volume, also where it may delete files
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
    Scenario: A restore that finds nothing spares what is in the volume
      Given a source "orders" in namespace "shop"
      And every source is backed up
      And the volume of the destination "nobody" in namespace "shop" holds the files:
        | report.txt    |
        | notes/one.txt |
      When the destination "nobody" in namespace "shop" restores
      Then the restore fails
      And its volume is left as it was

Feature: One repository for all
  Tenants share storage and nothing else.

  Rule: Equal data is stored once, whoever it belongs to

    @SR_2
    Scenario: The same data of another tenant takes no room
      Given these sources:
        | name   | namespace | sourcePVC   |
        | orders | shop      | orders-data |
        | files  | office    | files-data  |
      And 20 MiB of random data, backed up by the source "orders" in namespace "shop"
      When the source "files" in namespace "office" backs up the same data
      Then the store grows by at most 5 % of the data
      And the backups have 2 different identities

    @SR_2
    Scenario: Other data of another tenant takes its full room
      Given these sources:
        | name   | namespace | sourcePVC   |
        | orders | shop      | orders-data |
        | files  | office    | files-data  |
      And 20 MiB of random data, backed up by the source "orders" in namespace "shop"
      When the source "files" in namespace "office" backs up as much other random data
      Then the store grows by at least 95 % of the data

  Rule: Who shares storage still keeps to its own identity

    @SR_3
    Scenario: Default restores in a shared repository show each source its own data
      Given these sources:
        | name   | namespace |
        | orders | shop      |
        | files  | shop      |
        | orders | office    |
      And every source is backed up
      When destinations of the same name and namespace restore every source
      Then every restore holds exactly the data of its source

  Rule: Path prefixes in one bucket are separate repositories

    @SR_5
    Scenario: Equal data under two prefixes is stored twice
      Given these sources:
        | name   | namespace |
        | orders | shop      |
        | files  | office    |
      And these repositories:
        | namespace | repository                |
        | shop      | s3://company-backups/app1 |
        | office    | s3://company-backups/app2 |
      And 20 MiB of random data, backed up by the source "orders" in namespace "shop"
      When the source "files" in namespace "office" backs up the same data
      Then the store grows by at least 95 % of the data
      And the repository "s3://company-backups/app2" holds snapshots of source "files" alone

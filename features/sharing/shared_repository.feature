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
        | name     | namespace  |
        | orders   | shop       |
        | orders-2 | shop       |
        | orders   | shop-floor |
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

    @SR_5
    Scenario: A repository under a prefix holds none of its neighbour's snapshots
      Given these sources:
        | name   | namespace |
        | orders | shop      |
        | files  | office    |
      And these repositories:
        | namespace | repository                |
        | shop      | s3://company-backups/team/app1 |
        | office    | s3://company-backups/team/app2 |
      When every source is backed up
      Then the repository "s3://company-backups/team/app1" holds snapshots of source "orders" alone
      And the repository "s3://company-backups/team/app2" holds snapshots of source "files" alone

  Rule: Separate repositories separate data completely

    @SR_6
    Scenario: A destination does not see beyond the repository of its namespace
      Given these sources:
        | name   | namespace | username | hostname |
        | orders | clinic    | orders   | clinic   |
        | files  | office    | files    | office   |
      And these repositories:
        | namespace | repository            |
        | clinic    | s3://hipaa-backups    |
        | office    | s3://standard-backups |
      And every source is backed up
      When the destination "restore-data" in namespace "office" restores with:
        | field    | value  |
        | username | orders |
        | hostname | clinic |
      Then the restore fails
      And the repository "s3://standard-backups" holds no snapshot of source "orders"

  Rule: The documented Secret opens the repository

    @SR_7
    Scenario: A source backs up with the documented Secret
      Given the documented manifest "shared-repository" in namespace "shop"
      And a source "orders" in namespace "shop" with:
        | field      | value                   |
        | repository | kopia-repository-shared |
      And every source is backed up
      When every source is restored from namespace "shop" by sourceIdentity
      Then the repository "s3://company-backups" holds snapshots of source "orders" alone
      And every restore holds exactly the data of its source

  Rule: An endpoint may be given with its scheme

    @SR_9
    Scenario: A source backs up to an endpoint that is given as a URL
      Given a source "orders" in namespace "shop"
      And the repository Secret of namespace "shop" gives its endpoint as a URL
      When the source "orders" in namespace "shop" is backed up
      Then the backup succeeds
      And it is recorded once

  Rule: A Secret that lacks a key is found out before a mover starts

    @SR_8
    Scenario Outline: A Secret without <key>
      Given a source "orders" in namespace "shop"
      And the repository Secret of namespace "shop" lacks <key>
      When the source "orders" in namespace "shop" is backed up
      Then no mover was started
      And the user of the source is told "<key>"

      Examples:
        | key              |
        | KOPIA_PASSWORD   |
        | KOPIA_REPOSITORY |

  Rule: Sharing is said to save 50 to 80 % of storage

    @SR_1
    Scenario: Tenants that have most of their data in common
      Given 4 sources in namespaces of their own, with 4 MiB in common and 1 MiB of their own
      When every source is backed up
      Then it is a finding how much storage they save

  Rule: A repository is said to serve thousands of clients efficiently

    @SR_4
    Scenario: A list of many identities
      Given a source "orders" in namespace "shop"
      And every source is backed up
      When the repository grows to 64 identities
      Then it is a finding how much longer a list takes

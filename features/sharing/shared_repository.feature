Feature: Sources of many namespaces share one repository
  ReplicationSources (below: sources) share storage; each ReplicationDestination (below: destination) restores
  the data of its own source alone.

  Rule: Equal data of different sources is stored once

    Background:
      Given these sources:
        | name   | namespace | sourcePVC   |
        | orders | shop      | orders-data |
        | files  | office    | files-data  |
      And 20 MiB of random data, backed up by the source "orders" in namespace "shop"

    @SR_2 @long
    Scenario: The same data of another source takes no room
      When the source "files" in namespace "office" backs up the same data
      Then the store grows by at most 5 % of the data
      And the backups have 2 different identities

    @SR_2 @long
    Scenario: Other data of another source takes its full room
      When the source "files" in namespace "office" backs up as much other random data
      Then the store grows by at least 95 % of the data

  Rule: A destination with the name and namespace of a source restores the data of that source, and nothing else

    @SR_3 @literal-namespaces @long
    Scenario: Destinations restore the sources whose name and namespace they share
      Given these sources:
        | name     | namespace  |
        | orders   | shop       |
        | orders-2 | shop       |
        | orders   | shop-floor |
      And every source is backed up
      When every source is restored by a destination of its own name and namespace
      Then every restore holds exactly the data of its source

  Rule: Path prefixes in one bucket are separate repositories

    Background:
      Given these sources:
        | name   | namespace |
        | orders | shop      |
        | files  | office    |

    @SR_5 @long
    Scenario: Equal data under two prefixes is stored twice
      Given these repositories:
        | namespace | repository                |
        | shop      | s3://company-backups/app1 |
        | office    | s3://company-backups/app2 |
      And 20 MiB of random data, backed up by the source "orders" in namespace "shop"
      When the source "files" in namespace "office" backs up the same data
      Then the store grows by at least 95 % of the data

    @SR_5
    Scenario: A repository under a prefix holds no snapshot of the repository under another prefix
      Given these repositories:
        | namespace | repository                     |
        | shop      | s3://company-backups/team/app1 |
        | office    | s3://company-backups/team/app2 |
      When every source is backed up
      Then the repository "s3://company-backups/team/app1" holds snapshots of source "orders" alone
      And the repository "s3://company-backups/team/app2" holds snapshots of source "files" alone

  Rule: Backups in one repository cannot be restored through another repository

    @SR_6
    Scenario: A destination restores nothing from the repository of another namespace
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

  Rule: A source backs up with the documented Secret

    @SR_7
    Scenario: The documented Secret opens the repository that it names
      Given the documented manifest "shared-repository" in namespace "shop"
      And a source "orders" in namespace "shop" with:
        | field      | value                   |
        | repository | kopia-repository-shared |
      And every source is backed up
      When every source is restored from namespace "shop" by sourceIdentity
      Then the repository "s3://company-backups" holds snapshots of source "orders" alone
      And every restore holds exactly the data of its source

  Rule: The endpoint in a Secret may be a URL

    @SR_9
    Scenario: A source backs up to an endpoint that is given as a URL
      Given a source "orders" in namespace "shop"
      And the repository Secret of namespace "shop" gives its endpoint as a URL
      When the source "orders" in namespace "shop" is backed up
      Then the backup succeeds
      And it is recorded once

  Rule: No mover starts where the repository Secret lacks a key

    @SR_8
    Scenario Outline: A source whose Secret lacks <key> gets no mover and a message
      Given a source "orders" in namespace "shop"
      And the repository Secret of namespace "shop" lacks <key>
      When the source "orders" in namespace "shop" is backed up
      Then no mover was started for the source
      And a message on the source mentions "<key>"

      Examples:
        | key              |
        | KOPIA_PASSWORD   |
        | KOPIA_REPOSITORY |

  Rule: The document promises that sharing saves 50 to 80 % of storage

    @SR_1 @long
    Scenario: Four sources have most of their data in common
      Given 4 sources in namespaces of their own, with 4 MiB in common and 1 MiB of their own
      When every source is backed up
      Then record how much storage they save

  Rule: The document promises that a repository serves thousands of clients efficiently

    @SR_4 @long
    Scenario: Snapshots are listed in a repository of 64 identities
      Given a source "orders" in namespace "shop"
      And every source is backed up
      When the repository grows to 64 identities
      Then record how much longer a list takes

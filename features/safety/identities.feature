Feature: Every tenant keeps a history of its own
  A ReplicationSource (below: source) keeps its history when its identity changes. Objects with similar names, and
  objects that are synced at the same time, do not get the data of one another.

  Rule: The history of a source stays when its identity changes

    Background:
      Given a source "orders" in namespace "shop"
      And every source is backed up

    @LO_10
    Scenario: A source gets a custom identity after its first backup
      Given every snapshot of the repository is noted
      And the source "orders" in namespace "shop" is changed to have:
        | field    | value         |
        | username | till-7        |
        | hostname | north.example |
      When the source "orders" in namespace "shop" is backed up
      Then the repository still holds every noted snapshot

    @LO_11
    Scenario: A source gets a custom identity and loses it again
      Given the source "orders" in namespace "shop" is changed to have:
        | field    | value         |
        | username | till-7        |
        | hostname | north.example |
      And every source is backed up
      And the source "orders" in namespace "shop" loses its custom identity
      And every source is backed up
      When destinations of its name and namespace restore it with each of:
        | previous |
        |          |
        | 1        |
      Then the restores hold, in turn, these backups of the source:
        | 3 |
        | 1 |

    @LO_12
    Scenario: A source that is deleted and created again is backed up
      Given every snapshot of the repository is noted
      And the source "orders" in namespace "shop" is deleted and created again with its old trigger
      When the source "orders" in namespace "shop" is backed up
      Then its PVC and its Secret have outlived the deletion
      And the new object gets a Job, or its user an error
      And the repository still holds every noted snapshot

    @LO_12
    Scenario: A source that was deleted and created again is restored
      Given the source "orders" in namespace "shop" is deleted and created again
      And every source is backed up
      When destinations of its name and namespace restore it with each of:
        | previous |
        |          |
        | 1        |
      Then the restores hold, in turn, these backups of the source:
        | 2 |
        | 1 |

  Rule: A mover takes its identity from its own Job

    @FO_10
    Scenario: The mover backs up under another identity than in its last Job
      Given a source "orders" in namespace "shop"
      And the mover has backed up the source "orders" in namespace "shop" as username "till-3" and hostname "south"
      When the mover backs up the source "orders" in namespace "shop" as username "till-7" and hostname "north"
      Then it is recorded under username "till-7" and hostname "north"

    @FO_10
    Scenario: The mover restores another identity than in its last Job
      Given these sources:
        | name   | namespace |
        | orders | shop      |
        | files  | shop      |
      And the mover has backed up the source "orders" in namespace "shop" as username "till-3" and hostname "south"
      And the mover has backed up the source "files" in namespace "shop" as username "till-7" and hostname "north"
      And the mover has restored it as username "till-3" and hostname "south"
      When the mover restores it as username "till-7" and hostname "north"
      Then its volume holds exactly the data of source "files" in namespace "shop"

  Rule: Objects with similar names have separate backups and restores

    @FO_11
    Scenario Outline: Two sources whose long names differ only at the end are backed up at the same time
      Given two sources in namespace "shop" whose names have <length> characters and differ only in the last one
      And every source is backed up at the same time
      When every source is restored from namespace "restore-lab" by sourceIdentity
      Then each of them got a Job of its own, or a message
      And every restore fails, or holds exactly the data of its source

      Examples:
        | length |
        | 64     |
        | 253    |

    @FO_11
    Scenario: Two sources whose names differ only in a dot and a hyphen are backed up at the same time
      Given these sources:
        | name      | namespace | sourcePVC   |
        | web.files | shop      | dotted-data |
        | web-files | shop      | hyphen-data |
      And every source is backed up at the same time
      When every source is restored from namespace "restore-lab" by sourceIdentity
      Then each of them got a Job of its own, or a message
      And every restore fails, or holds exactly the data of its source

    @FO_12
    Scenario: Two destinations whose long names differ only at the end restore at the same time
      Given these sources:
        | name   | namespace |
        | orders | shop      |
        | files  | shop      |
      And every source is backed up
      When two destinations in namespace "shop" whose names have 200 characters and differ only in the last one restore the two sources at the same time
      Then each of them got a Job of its own, or a message
      And each of them holds exactly the data of its source, or failed

    @FO_13
    Scenario: A source and a destination of one name are synced at the same time
      Given these sources:
        | name   | namespace |
        | orders | shop      |
        | files  | shop      |
      And every source is backed up
      When the source "orders" in namespace "shop" is backed up while the destination of that name restores the source "files"
      Then each of them got a Job of its own, or a message
      And the volume of the destination "orders" in namespace "shop" holds exactly the data of source "files"

  Rule: A backup reads the volume of its source as it is named now

    @FO_14
    Scenario: Two sources of one namespace with different volumes are backed up at the same time
      Given these sources:
        | name   | namespace | sourcePVC |
        | orders | shop      | data-a    |
        | files  | shop      | data-b    |
      And every source is backed up at the same time
      When every source is restored from namespace "restore-lab" by sourceIdentity
      Then each of them got a Job of its own, or a message
      And every restore holds exactly the data of its source

    @FS_10
    Scenario: A source names another volume after its first backup
      Given a source "orders" in namespace "shop" with:
        | field     | value     |
        | sourcePVC | data-2023 |
      And every source is backed up
      And the source "orders" in namespace "shop" is changed to have:
        | field     | value     |
        | sourcePVC | data-2024 |
      And the source "orders" in namespace "shop" is backed up, or its user gets a message
      When the destination "orders" in namespace "shop" restores
      Then its volume holds exactly the data of source "orders" in namespace "shop"

  Rule: Every source path is recorded under the identity of its source, and is found again

    @FO_23
    Scenario: A source path reads like an identity with a path
      Given a source "orders" in namespace "shop" with:
        | field              | value           |
        | sourcePathOverride | /x@office:/data |
      When the source "orders" in namespace "shop" is backed up
      Then the subject makes the backup fail, or it is recorded under the identity of its own source alone

    @FS_57
    Scenario Outline: A source path is spelled <path>
      Given a source "orders" in namespace "shop" with:
        | field              | value  |
        | sourcePathOverride | <path> |
      When the source "orders" in namespace "shop" is backed up, and then restored by sourceIdentity
      Then the backup fails, or the restore returns exactly its data

      Examples:
        | path            |
        | /srv/orders/    |
        | /srv//./orders  |

Feature: A destination may choose which backup it restores
  The page on restores lets a ReplicationDestination (below: destination) choose among the backups of a
  ReplicationSource (below: source) by previous, restoreAsOf and shallow.

  Background:
    Given a source "orders" in namespace "shop"

  Rule: Without a restore point the newest backup is restored

    @RP_1
    Scenario: The newest of three backups is restored, though it was not written last
      Given the source "orders" in namespace "shop" was backed up at:
        | 2024-01-20T10:00:00Z     |
        | 2024-01-20T12:00:00.500Z |
        | 2024-01-20T12:00:00Z     |
      When the destination "orders" in namespace "shop" restores
      Then its volume holds exactly the backup of "2024-01-20T12:00:00.500Z"

  Rule: previous skips that many of the newest backups

    Background:
      Given the source "orders" in namespace "shop" was backed up at:
        | 2024-01-20T10:00:00Z |
        | 2024-01-20T11:00:00Z |
        | 2024-01-20T12:00:00Z |

    @RP_2 @long
    Scenario: previous counts back from the newest backup
      When destinations of its name and namespace restore it with each of:
        | previous |
        | 0        |
        | 1        |
        | 2        |
      Then the restores hold, in turn, the backups of:
        | 2024-01-20T12:00:00Z |
        | 2024-01-20T11:00:00Z |
        | 2024-01-20T10:00:00Z |

    @RP_5
    Scenario: A restore with a previous beyond the history fails
      When destinations of its name and namespace restore it with each of:
        | previous |
        | 3        |
        | 17       |
      Then each of these restores fails

    @RP_5
    Scenario: The message on a previous beyond the history gives the number of backups of the source
      Given the kopia user "desk" of host "site-a" has a snapshot from "2024-01-20T13:00:00Z"
      When destinations of its name and namespace restore it with each of:
        | previous |
        | 17       |
      Then a message on each of these restores mentions the number 3

    @RP_6
    Scenario: previous counts the backups of the source that a sourceIdentity names
      When the destination "restore-data" in namespace "restore-lab" restores with:
        | field           | value  |
        | sourceName      | orders |
        | sourceNamespace | shop   |
        | previous        | 2      |
      Then its volume holds exactly the backup of "2024-01-20T10:00:00Z"

  Rule: previous counts a backup of an unchanged volume like any other

    @RP_2
    Scenario: The two newest backups have the same content
      Given the source "orders" in namespace "shop", whose volume changed or not, was backed up at:
        | instant              | volume    |
        | 2024-01-20T10:00:00Z | changed   |
        | 2024-01-20T11:00:00Z | changed   |
        | 2024-01-20T12:00:00Z | unchanged |
      When the destination "orders" in namespace "shop" restores with:
        | field    | value |
        | previous | 1     |
      Then its volume holds exactly the backup of "2024-01-20T11:00:00Z"

  Rule: restoreAsOf restores the newest backup at or before an instant

    @RP_3 @long
    Scenario: restoreAsOf takes offsets, fractions of a second, and the very instant of a backup
      Given the source "orders" in namespace "shop" was backed up at:
        | 2024-01-20T08:00:00Z           |
        | 2024-01-20T10:00:00.250Z       |
        | 2024-01-20T10:00:00.250700Z    |
        | 2024-01-20T12:00:00.750000600Z |
      When destinations of its name and namespace restore it with each of:
        | restoreAsOf                         |
        | 2024-01-20T11:00:00Z                |
        | 2024-01-20T10:00:00.250Z            |
        | 2024-01-20T10:00:00.250699Z         |
        | 2024-01-20T10:00:00Z                |
        | 2024-01-20T14:00:00.750000600+02:00 |
        | 2024-01-20T14:00:00.749999999+02:00 |
        | 2024-01-20T04:30:00.250-05:30       |
        | 2024-01-20T15:30:00.2507+05:30      |
      Then the restores hold, in turn, the backups of:
        | 2024-01-20T10:00:00.250700Z    |
        | 2024-01-20T10:00:00.250Z       |
        | 2024-01-20T10:00:00.250Z       |
        | 2024-01-20T08:00:00Z           |
        | 2024-01-20T12:00:00.750000600Z |
        | 2024-01-20T10:00:00.250700Z    |
        | 2024-01-20T10:00:00.250Z       |
        | 2024-01-20T10:00:00.250700Z    |

    @RP_4 @long
    Scenario: restoreAsOf is applied before previous
      Given the source "orders" in namespace "shop" was backed up at:
        | 2024-01-20T10:00:00Z |
        | 2024-01-20T11:00:00Z |
        | 2024-01-20T12:00:00Z |
        | 2024-01-20T13:00:00Z |
      When destinations of its name and namespace restore it with each of:
        | restoreAsOf          | previous |
        | 2024-01-20T12:30:00Z | 1        |
        | 2024-01-20T12:30:00Z | 2        |
        | 2024-01-20T11:00:00Z | 0        |
      Then the restores hold, in turn, the backups of:
        | 2024-01-20T11:00:00Z |
        | 2024-01-20T10:00:00Z |
        | 2024-01-20T11:00:00Z |

  Rule: shallow considers only that many of the newest backups

    Background:
      Given the source "orders" in namespace "shop" was backed up at:
        | 2024-01-20T10:00:00Z |
        | 2024-01-20T11:00:00Z |
        | 2024-01-20T12:00:00Z |

    @RP_9
    Scenario: A restore with a previous beyond shallow fails
      When destinations of its name and namespace restore it with each of:
        | shallow | previous |
        | 1       | 1        |
        | 2       | 2        |
      Then each of these restores fails

    @RP_9
    Scenario: shallow counts the backups of the source, not those of others in the repository
      Given the kopia user "desk" of host "site-a" has a snapshot from "2024-01-20T12:30:00Z"
      And the kopia user "clerk" of host "site-b" has a snapshot from "2024-01-20T12:40:00Z"
      When destinations of its name and namespace restore it with each of:
        | shallow | previous |
        | 1       |          |
        | 2       | 1        |
      Then the restores hold, in turn, the backups of:
        | 2024-01-20T12:00:00Z |
        | 2024-01-20T11:00:00Z |

  Rule: enableFileDeletion empties the volume before the restore

    @RP_7
    Scenario: With enableFileDeletion all other files are deleted, except lost+found
      Given every source is backed up
      And the volume of the destination "orders" in namespace "shop" holds the files:
        | -stale file.txt       |
        | .hidden               |
        | .config/stale.txt     |
        | lost+found/fsck.1     |
        | lost+found.old/fsck.1 |
        | old/lost+found/fsck.1 |
        | old reports/stale.txt |
      When the destination "orders" in namespace "shop" restores with:
        | field              | value |
        | enableFileDeletion | true  |
      Then its volume holds the data of source "orders" in namespace "shop" and besides:
        | lost+found/fsck.1 |

    @RP_7
    Scenario: Without enableFileDeletion other files are kept
      Given every source is backed up
      And the volume of the destination "orders" in namespace "shop" holds the files:
        | stale.txt         |
        | lost+found/fsck.1 |
        | old/stale.txt     |
      When the destination "orders" in namespace "shop" restores
      Then its volume holds the data of source "orders" in namespace "shop" and besides:
        | stale.txt         |
        | lost+found/fsck.1 |
        | old/stale.txt     |

    @RP_7
    Scenario: With enableFileDeletion set to false other files are kept
      Given every source is backed up
      And the volume of the destination "orders" in namespace "shop" holds the files:
        | stale.txt         |
        | lost+found/fsck.1 |
        | old/stale.txt     |
      When the destination "orders" in namespace "shop" restores with:
        | field              | value |
        | enableFileDeletion | false |
      Then its volume holds the data of source "orders" in namespace "shop" and besides:
        | stale.txt         |
        | lost+found/fsck.1 |
        | old/stale.txt     |

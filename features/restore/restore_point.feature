Feature: Which backup of an identity is restored
  The page on restores adds points in time to the identities of this document.

  Rule: The newest backup is taken where nothing else is said

    @RP_1
    Scenario: The newest of three, however they were written
      Given a source "orders" in namespace "shop"
      And the source "orders" in namespace "shop" was backed up at:
        | 2024-01-20T10:00:00Z     |
        | 2024-01-20T12:00:00.500Z |
        | 2024-01-20T12:00:00Z     |
      When the destination "orders" in namespace "shop" restores
      Then its volume holds exactly the backup of "2024-01-20T12:00:00.500Z"

  Rule: previous skips the newest

    @RP_2
    Scenario: previous counts back from the newest
      Given a source "orders" in namespace "shop"
      And the source "orders" in namespace "shop" was backed up at:
        | 2024-01-20T10:00:00Z |
        | 2024-01-20T11:00:00Z |
        | 2024-01-20T12:00:00Z |
      When it is restored by a destination of its name with each of:
        | previous |
        | 0        |
        | 1        |
        | 2        |
      Then the restores take, in turn, the backups of:
        | 2024-01-20T12:00:00Z |
        | 2024-01-20T11:00:00Z |
        | 2024-01-20T10:00:00Z |

    @RP_5
    Scenario: previous beyond the history fails
      Given a source "orders" in namespace "shop"
      And the source "orders" in namespace "shop" was backed up at:
        | 2024-01-20T10:00:00Z |
        | 2024-01-20T11:00:00Z |
        | 2024-01-20T12:00:00Z |
      When it is restored by a destination of its name with each of:
        | previous |
        | 3        |
        | 17       |
      Then each of these restores fails

    @RP_5
    Scenario: The number that is told is that of the history
      Given a source "orders" in namespace "shop"
      And the source "orders" in namespace "shop" was backed up at:
        | 2024-01-20T10:00:00Z |
        | 2024-01-20T11:00:00Z |
        | 2024-01-20T12:00:00Z |
      And the kopia user "desk" of host "site-a" has a snapshot from "2024-01-20T13:00:00Z"
      When it is restored by a destination of its name with each of:
        | previous |
        | 17       |
      Then the user of each is told that there are 3 of them

    @RP_6
    Scenario: previous works for a source that is named
      Given a source "orders" in namespace "shop"
      And the source "orders" in namespace "shop" was backed up at:
        | 2024-01-20T10:00:00Z |
        | 2024-01-20T11:00:00Z |
      When the destination "restore-data" in namespace "restore-lab" restores with:
        | field           | value  |
        | sourceName      | orders |
        | sourceNamespace | shop   |
        | previous        | 1      |
      Then its volume holds exactly the backup of "2024-01-20T10:00:00Z"

  Rule: restoreAsOf takes the newest at or before an instant

    @RP_3
    Scenario: Offsets, fractions of a second, and the very instant of a backup
      Given a source "orders" in namespace "shop"
      And the source "orders" in namespace "shop" was backed up at:
        | 2024-01-20T08:00:00Z     |
        | 2024-01-20T10:00:00.250Z |
        | 2024-01-20T10:00:00.255Z |
        | 2024-01-20T12:00:00.750Z |
      When it is restored by a destination of its name with each of:
        | restoreAsOf                         |
        | 2024-01-20T11:00:00Z                |
        | 2024-01-20T10:00:00.250Z            |
        | 2024-01-20T10:00:00.254999Z         |
        | 2024-01-20T10:00:00Z                |
        | 2024-01-20T14:00:00.750+02:00       |
        | 2024-01-20T14:00:00.749999999+02:00 |
        | 2024-01-20T04:30:00.250-05:30       |
        | 2024-01-20T15:30:00.254+05:30       |
      Then the restores take, in turn, the backups of:
        | 2024-01-20T10:00:00.255Z |
        | 2024-01-20T10:00:00.250Z |
        | 2024-01-20T10:00:00.250Z |
        | 2024-01-20T08:00:00Z     |
        | 2024-01-20T12:00:00.750Z |
        | 2024-01-20T10:00:00.255Z |
        | 2024-01-20T10:00:00.250Z |
        | 2024-01-20T10:00:00.250Z |

    @RP_4
    Scenario: Together with previous, it filters first
      Given a source "orders" in namespace "shop"
      And the source "orders" in namespace "shop" was backed up at:
        | 2024-01-20T10:00:00Z |
        | 2024-01-20T11:00:00Z |
        | 2024-01-20T12:00:00Z |
        | 2024-01-20T13:00:00Z |
      When it is restored by a destination of its name with each of:
        | restoreAsOf          | previous |
        | 2024-01-20T12:30:00Z | 1        |
        | 2024-01-20T12:30:00Z | 2        |
        | 2024-01-20T11:00:00Z | 0        |
      Then the restores take, in turn, the backups of:
        | 2024-01-20T11:00:00Z |
        | 2024-01-20T10:00:00Z |
        | 2024-01-20T11:00:00Z |

  Rule: shallow considers only the newest

    @RP_9
    Scenario: Beyond what shallow considers there is nothing
      Given a source "orders" in namespace "shop"
      And the source "orders" in namespace "shop" was backed up at:
        | 2024-01-20T10:00:00Z |
        | 2024-01-20T11:00:00Z |
        | 2024-01-20T12:00:00Z |
      When it is restored by a destination of its name with each of:
        | shallow | previous |
        | 1       | 1        |
        | 2       | 2        |
      Then each of these restores fails

    @RP_9
    Scenario: Within what shallow considers previous counts as ever, whatever others have
      Given a source "orders" in namespace "shop"
      And the kopia user "desk" of host "site-a" has a snapshot from "2024-01-20T12:30:00Z"
      And the kopia user "clerk" of host "site-b" has a snapshot from "2024-01-20T12:40:00Z"
      And the source "orders" in namespace "shop" was backed up at:
        | 2024-01-20T10:00:00Z |
        | 2024-01-20T11:00:00Z |
        | 2024-01-20T12:00:00Z |
      When it is restored by a destination of its name with each of:
        | shallow | previous |
        | 1       |          |
        | 2       | 1        |
      Then the restores take, in turn, the backups of:
        | 2024-01-20T12:00:00Z |
        | 2024-01-20T11:00:00Z |

  Rule: enableFileDeletion empties the volume first

    @RP_7
    Scenario: With enableFileDeletion other files go, and lost+found stays
      Given a source "orders" in namespace "shop"
      And every source is backed up
      And the volume of the destination "orders" in namespace "shop" holds the files:
        | -stale file.txt       |
        | .hidden               |
        | .config/stale.txt     |
        | lost+found/fsck.1     |
        | lost+found.old/fsck.1 |
        | old reports/stale.txt |
      When the destination "orders" in namespace "shop" restores with:
        | field              | value |
        | enableFileDeletion | true  |
      Then its volume holds the data of source "orders" in namespace "shop" and besides:
        | lost+found/fsck.1 |

    @RP_7
    Scenario Outline: <how> enableFileDeletion other files stay
      Given a source "orders" in namespace "shop"
      And every source is backed up
      And the volume of the destination "orders" in namespace "shop" holds the files:
        | stale.txt         |
        | lost+found/fsck.1 |
        | old/stale.txt     |
      When the destination "orders" in namespace "shop" restores with:
        | field   | value   |
        | <field> | <value> |
      Then its volume holds the data of source "orders" in namespace "shop" and besides:
        | stale.txt         |
        | lost+found/fsck.1 |
        | old/stale.txt     |

      Examples:
        | how             | field              | value  |
        | Without         | copyMethod         | Direct |
        | With a false    | enableFileDeletion | false  |

  Rule: The path of a source is found with it

    @RP_8
    Scenario: A source with a path of its own is restored by its name
      Given a source "orders" in namespace "shop" with:
        | field              | value                       |
        | sourcePathOverride | /var/lib/orders of the shop |
      And every source is backed up
      When the destination "restore-data" in namespace "restore-lab" restores with:
        | field           | value  |
        | sourceName      | orders |
        | sourceNamespace | shop   |
      Then its volume holds exactly the data of source "orders" in namespace "shop"

    @RP_8
    Scenario: Newer snapshots of other paths are left alone
      Given a source "orders" in namespace "shop" with:
        | field              | value           |
        | username           | order-desk      |
        | hostname           | site-a          |
        | sourcePathOverride | /var/lib/orders |
      And the source "orders" in namespace "shop" was backed up at:
        | 2024-01-20T10:00:00Z |
      And the kopia user "order-desk" of host "site-a" has a snapshot of "/var/lib/orders/old" from "2024-01-20T11:00:00Z" to "2024-01-20T11:00:00Z"
      And the kopia user "order-desk" of host "site-a" has a snapshot of "/data" from "2024-01-20T12:00:00Z" to "2024-01-20T12:00:00Z"
      When the destination "restore-data" in namespace "restore-lab" restores with:
        | field           | value  |
        | sourceName      | orders |
        | sourceNamespace | shop   |
      Then its volume holds exactly the backup of "2024-01-20T10:00:00Z"

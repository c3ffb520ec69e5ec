Feature: A restore harms nothing, and restores what was asked for
  A ReplicationDestination (below: destination) restores a ReplicationSource (below: source) into a volume that is in use.

  Background:
    Given a source "orders" in namespace "shop"

  Rule: A restore neither deletes nor changes what a symbolic link of its volume leads to

    @LO_40
    Scenario: enableFileDeletion deletes the links of the volume, and nothing behind them
      Given every source is backed up
      And the volume of the destination "orders" in namespace "shop" holds links out of it:
        | link     | file            |
        | archive  | 2019/report.txt |
        | .cache   | index.bin       |
        | last.log |                 |
      When the destination "orders" in namespace "shop" restores with:
        | field              | value |
        | enableFileDeletion | true  |
      Then what the links lead to is left as it was

    @LO_41
    Scenario: A link out of the volume is in the place of a file, another in the place of a folder
      Given every source is backed up
      And the volume of the destination "orders" in namespace "shop" holds links out of it:
        | link      | file             |
        | owner.txt |                  |
        | notes     | 2024/january.txt |
      When the destination "orders" in namespace "shop" restores
      Then what the links lead to is left as it was

    @LO_41
    Scenario: Links to other files of the volume are in the place of a file and of a folder
      Given every source is backed up
      And the volume of the destination "orders" in namespace "shop" holds the files:
        | archive/key              |
        | archive/2024/january.txt |
      And the volume of the destination "orders" in namespace "shop" holds the links:
        | link        | target         |
        | private/key | ../archive/key |
        | notes       | archive        |
      When the destination "orders" in namespace "shop" restores
      Then these files of its volume are left as they were:
        | archive/key              |
        | archive/2024/january.txt |

  Rule: With enableFileDeletion too, a restore that cannot open its repository leaves the volume as it was

    Background:
      Given the volume of the destination "orders" in namespace "shop" holds the files:
        | report.txt    |
        | notes/one.txt |

    @LO_42
    Scenario: The Secret of a destination has a wrong password
      Given every source is backed up
      And the repository Secret of namespace "shop" has a wrong KOPIA_PASSWORD
      When the destination "orders" in namespace "shop" restores with:
        | field              | value |
        | enableFileDeletion | true  |
      Then the restore fails
      And its volume is left as it was

    @LO_42
    Scenario: The Secret of a destination names a repository that does not exist
      Given the repository Secret of namespace "shop" is changed to the repository "s3://never-written"
      When the destination "orders" in namespace "shop" restores with:
        | field              | value |
        | enableFileDeletion | true  |
      Then the restore fails
      And its volume is left as it was

  Rule: With enableFileDeletion too, a restore whose fields select no backup leaves the volume as it was

    @LO_43
    Scenario: The source has backups, but previous, shallow or restoreAsOf select none of them
      Given the source "orders" in namespace "shop" was backed up at:
        | 2024-01-20T10:00:00Z |
        | 2024-01-20T11:00:00Z |
        | 2024-01-20T12:00:00Z |
      And the volume of the destination "orders" in namespace "shop" holds the files:
        | report.txt    |
        | notes/one.txt |
      When the destination "orders" in namespace "shop" restores with enableFileDeletion, in turn with each of:
        | previous | shallow | restoreAsOf          |
        | 3        |         |                      |
        |          |         | 2024-01-20T09:59:59Z |
        | 1        | 1       |                      |
        | 2        |         | 2024-01-20T11:30:00Z |
      Then each of these restores fails
      And each of these restores left its volume as it was

  Rule: A restore brings the newest backup, whatever its destination restored before

    @FS_40
    Scenario: A source is backed up again between two restores of one destination
      Given every source is backed up
      And the destination "orders" in namespace "shop" has restored
      And every source is backed up
      When the destination "orders" in namespace "shop" restores
      Then its volume holds exactly the data of source "orders" in namespace "shop"

  Rule: A field that is taken back acts no more

    @LO_44
    Scenario: A destination takes enableFileDeletion and previous back
      Given every source is backed up
      And every source is backed up
      And the destination "orders" in namespace "shop" has restored with:
        | field              | value |
        | enableFileDeletion | true  |
        | previous           | 1     |
      And the volume of the destination "orders" in namespace "shop" holds the files:
        | notes/one.txt |
      When the destination "orders" in namespace "shop" takes all these fields back, and restores
      Then its volume holds the data of source "orders" in namespace "shop" and besides:
        | notes/one.txt |

  Rule: A restore distinguishes an empty backup from a missing one

    @FS_41
    Scenario: The empty backup of a source is restored into a volume in use, with enableFileDeletion
      Given the source "orders" in namespace "shop" has been backed up with an empty volume
      And the volume of the destination "orders" in namespace "shop" holds the files:
        | report.txt    |
        | notes/one.txt |
      When the destination "orders" in namespace "shop" restores with:
        | field              | value |
        | enableFileDeletion | true  |
      Then the restore succeeds and its volume is empty, or it fails and its volume is left as it was

  Rule: A restore that succeeds has replaced whatever was in the place of a file or folder

    @FS_42
    Scenario Outline: The volume holds the file <file> in the place of <place>
      Given every source is backed up
      And the volume of the destination "orders" in namespace "shop" holds the files:
        | <file> |
      When the destination "orders" in namespace "shop" restores
      Then the restore fails, or its volume holds exactly the data of source "orders" in namespace "shop"

      Examples:
        | file                | place    |
        | private/key/old.txt | a file   |
        | notes               | a folder |

  Rule: enableFileDeletion leaves nothing else behind

    @FS_43
    Scenario: Dangling links and links to folders are deleted like files
      Given every source is backed up
      And the volume of the destination "orders" in namespace "shop" holds the files:
        | .hidden/.deep/old.txt |
      And the volume of the destination "orders" in namespace "shop" holds the links:
        | link        | target        |
        | dangling    | nowhere       |
        | latest      | .hidden       |
        | -rf         | .hidden/.deep |
        | .last-known | latest/gone   |
      When the destination "orders" in namespace "shop" restores with:
        | field              | value |
        | enableFileDeletion | true  |
      Then the restore fails, or its volume holds nothing but the data of source "orders" in namespace "shop"

  Rule: A restoreAsOf that is not understood never restores the newest backup

    Background:
      Given the source "orders" in namespace "shop" was backed up at:
        | 2024-01-10T12:00:00Z |
        | 2024-01-20T12:00:00Z |
        | 2024-01-30T12:00:00Z |

    @SP_40
    Scenario: The mover is given no instant for restoreAsOf
      When the mover restores the source "orders" in namespace "shop" with each of:
        | restoreAsOf          |
        | before the accident  |
        | 2024-01-32T12:00:00Z |
        | 2024-01-25T25:00:00Z |
      Then each of these restores fails, and restores nothing

    @SP_40
    Scenario: The mover is given a restoreAsOf without a time zone or without a time
      When the mover restores the source "orders" in namespace "shop" with each of:
        | restoreAsOf         |
        | 2024-01-25T12:00:00 |
        | 2024-01-25          |
      Then each of these restores fails and restores nothing, or holds the backup of "2024-01-20T12:00:00Z"

    @SP_41
    Scenario: A destination gives a restoreAsOf that is no instant
      When destinations of its name and namespace restore it with each of:
        | restoreAsOf          |
        | before the accident  |
        | 2024-01-32T12:00:00Z |
      Then each of these restores fails, and restores nothing
      And the subject decided this, and not the mover of the harness

    @SP_41
    Scenario: A destination gives a restoreAsOf without a time zone or without a time
      When destinations of its name and namespace restore it with each of:
        | restoreAsOf         |
        | 2024-01-25T12:00:00 |
        | 2024-01-25          |
      Then each of these restores fails and restores nothing, or holds the backup of "2024-01-20T12:00:00Z"
      And the subject decided this, and not the mover of the harness

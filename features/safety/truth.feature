Feature: The status and the logs report what happened
  A report describes the newest sync, also after interruptions and repetitions.

  Background:
    Given a source "orders" in namespace "shop"

  Rule: After a success, the status reports a later failure

    @FS_60
    Scenario: A backup fails after an earlier one succeeded
      Given every source is backed up
      When the source "orders" in namespace "shop" is synced and its Job fails
      Then its status shows no success

    @FS_60
    Scenario: A restore fails after an earlier one succeeded
      Given every source is backed up
      And the destination "orders" in namespace "shop" has restored
      When the destination "orders" in namespace "shop" is synced and its Job fails
      Then the status of the destination shows no success

  Rule: After a failure, the status reports a later success

    @FS_61
    Scenario: A backup succeeds after an earlier Job failed
      Given the source "orders" in namespace "shop" has been synced, and its Job has failed
      When the source "orders" in namespace "shop" is backed up
      Then its status shows no failure

    @FS_61
    Scenario: A backup succeeds after its missing PVC was created
      Given the PVC of the source "orders" in namespace "shop" is missing
      And the source "orders" in namespace "shop" could not be backed up
      And the PVC of the source "orders" in namespace "shop" is created
      When the source "orders" in namespace "shop" is backed up
      Then its status shows no failure

  Rule: The time of the last sync is that of the newest success

    @FS_62
    Scenario: A second backup succeeds
      Given every source is backed up
      When the source "orders" in namespace "shop" is backed up
      Then the time of its last sync is not earlier than this backup

    @FS_62
    Scenario: A second backup fails
      Given every source is backed up
      When the source "orders" in namespace "shop" is synced and its Job fails
      Then the time of its last sync is as it was

  Rule: The exit status of a mover decides, and no word in its log

    @FS_63
    Scenario: A mover is killed after it wrote a whole snapshot
      When the source "orders" in namespace "shop" is backed up, and its mover is killed at its end
      Then the backup fails

    @FS_63
    Scenario: The log of a mover that succeeds contains the words of an error
      When the source "orders" in namespace "shop" is backed up, and its mover has written at the end of its log:
        """
        ERROR: failed: no snapshot found, exit status 1
        """
      Then the success of its mover is reported

  Rule: A status lists the repository as it is now

    Background:
      Given these sources:
        | name    | namespace |
        | files   | office    |
        | letters | office    |
      And these repositories:
        | namespace | repository          |
        | office    | s3://office-backups |

    @FS_64
    Scenario: The Secret of a destination names another repository after its first restore
      Given every source is backed up
      And the destination "orders" in namespace "shop" has restored
      And the repository Secret of namespace "shop" is changed to the repository "s3://office-backups"
      When the destination "orders" in namespace "shop" discovers the repository
      Then its status lists the identities of the repository "s3://office-backups" alone

  Rule: A restore replaces damaged files

    @FS_65
    Scenario: Files were damaged without a change of their size and time
      Given every source is backed up
      And the destination "orders" in namespace "shop" has restored
      And every file in the volume of the destination "orders" in namespace "shop" is damaged, with its size and time as before
      When the destination "orders" in namespace "shop" restores
      Then its volume holds exactly the data of source "orders" in namespace "shop"

  Rule: A backup that was interrupted does no harm

    @LO_60
    Scenario: A mover is killed in the middle of a backup
      Given the mover has backed up the source "orders" in namespace "shop" as username "orders" and hostname "till-7"
      And the mover of the source "orders" in namespace "shop" was killed while it ran as username "orders" and hostname "till-7"
      When the mover backs up the source "orders" in namespace "shop" as username "orders" and hostname "till-7"
      Then the repository holds the snapshot of each successful backup
      And a kopia client with an empty cache can read the whole repository "s3://company-backups"

  Rule: Only a new trigger starts a sync

    @LO_61
    Scenario: A destination is changed without a new trigger
      Given every source is backed up
      And the destination "orders" in namespace "shop" has restored
      And every file in the volume of the destination "orders" in namespace "shop" is damaged, with its size and time as before
      When the destination "orders" in namespace "shop" is changed without a new trigger:
        | field              | value |
        | enableFileDeletion | true  |
      Then no object has a Job that no trigger asked for
      And its volume is left as it was

    @LO_61
    Scenario: A source is changed without a new trigger
      Given every source is backed up
      When the source "orders" in namespace "shop" is changed without a new trigger:
        | field    | value  |
        | username | till-7 |
        | hostname | south  |
      Then no mover was started for the source

  Rule: A sync that cannot begin is explained

    @SP_60
    Scenario: The PVC of a source is missing
      Given the PVC of the source "orders" in namespace "shop" is missing
      When the source "orders" in namespace "shop" is backed up
      Then a message on the source explains that a PVC is missing

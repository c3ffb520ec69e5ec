Feature: A restore that is reported as a success returned all files
  A backup that is reported as a success can be restored, and a restore that is reported as a success returned all files.

  Rule: A restore takes no incomplete snapshot

    @FS_1
    Scenario: The last backup of a source was cut off
      Given a source "orders" in namespace "shop"
      And every source is backed up
      And the latest snapshot of the source "orders" in namespace "shop" is incomplete
      When the destination "orders" in namespace "shop" restores
      Then the restore fails, or its volume holds exactly the data of source "orders" in namespace "shop"

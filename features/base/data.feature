Feature: A restore gives back what was in the volume when it was backed up
  A volume holds more than the bytes of files: modes, symbolic links, empty folders, owners and times.

  Background:
    Given a source "orders" in namespace "shop"

  Rule: A backup only reads its volume

    @DA_1
    Scenario: A backup leaves every file of its volume unchanged
      When the source "orders" in namespace "shop" is backed up with files of every kind
      Then its volume is as it was before the backup

  Rule: A restore replaces the files that differ

    @DA_4
    Scenario: A restore replaces files of the same names that are in the volume already
      Given every source is backed up
      And the volume of the destination "orders" in namespace "shop" holds the files:
        | owner.txt   |
        | private/key |
      When the destination "orders" in namespace "shop" restores
      Then its volume holds exactly the data of source "orders" in namespace "shop"

  Rule: A restore of a snapshot whose data is lost fails

    @DA_5
    Scenario: A restore fails where the store has lost a part of the data
      Given the source "orders" in namespace "shop" is backed up with exactly these files:
        | path   | kind           |
        | ledger | file of 48 MiB |
        | notes  | file           |
      And the store has lost a part of the data of every snapshot
      When the destination "orders" in namespace "shop" restores
      Then the restore fails

  Rule: A restore gives back modes, links, names, owners and times

    Background:
      Given the source "orders" in namespace "shop" has been backed up with files of every kind

    @DA_2
    Scenario: Modes, empty folders, symbolic links and names are restored
      When a destination in namespace "shop" restores what was backed up of that source
      Then its volume holds the whole tree of source "orders" in namespace "shop"

    @DA_3
    Scenario: Owners and modification times are restored
      When a destination in namespace "shop" restores what was backed up of that source
      Then its volume holds the owners and times of source "orders" in namespace "shop"

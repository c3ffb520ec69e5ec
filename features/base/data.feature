Feature: What was backed up arrives as it was
  A volume holds more than bytes: modes, links, empty folders, owners and times.

  Rule: A backup only reads

    @DA_1
    Scenario: A backup leaves its volume as it was
      Given a source "orders" in namespace "shop"
      When the source "orders" in namespace "shop" is backed up with files of every kind
      Then its volume is as it was before the backup

  Rule: A restore replaces what differs

    @DA_4
    Scenario: Files of the same names are in the volume already
      Given a source "orders" in namespace "shop"
      And every source is backed up
      And the volume of the destination "orders" in namespace "shop" holds the files:
        | owner.txt   |
        | private/key |
      When the destination "orders" in namespace "shop" restores
      Then its volume holds exactly the data of source "orders" in namespace "shop"

  Rule: A restore that is not whole is no success

    @DA_5
    Scenario: The store has lost the data of a snapshot
      Given a source "orders" in namespace "shop"
      And every source is backed up
      And the store has lost the data of every snapshot
      When the destination "orders" in namespace "shop" restores
      Then the restore fails

  Rule: A restore gives back the tree as it was

    @DA_2
    Scenario: Modes, empty folders, links and names come back
      Given a source "orders" in namespace "shop"
      And the source "orders" in namespace "shop" has been backed up with files of every kind
      When a destination in namespace "shop" restores what was backed up of that source
      Then its volume holds the whole tree of source "orders" in namespace "shop"

    @DA_3
    Scenario: Owners and times come back
      Given a source "orders" in namespace "shop"
      And the source "orders" in namespace "shop" has been backed up with files of every kind
      When a destination in namespace "shop" restores what was backed up of that source
      Then its volume holds the owners and times of source "orders" in namespace "shop"

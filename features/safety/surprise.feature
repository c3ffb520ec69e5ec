Feature: The operator obeys or refuses each field of a destination
  A ReplicationDestination (below: destination) does what its fields say, or its user is told that it does not.

  Rule: A negative number of snapshots to skip is refused

    Background:
      Given a source "orders" in namespace "shop"

    @SP_1
    Scenario: The mover is given a negative number of snapshots to skip
      Given the kopia user "orders" of host "till-7" has a snapshot from "2024-01-20T10:00:00Z"
      And the mover has backed up the source "orders" in namespace "shop" as username "orders" and hostname "till-7"
      And the volume into which the mover restores in namespace "shop" holds the files:
        | current.txt |
      When the mover restores it as username "orders" and hostname "till-7" with:
        | field    | value |
        | previous | -1    |
      Then the restore fails
      And its volume is left as it was

    @SP_2
    Scenario: A destination asks for the snapshot before the newest by a negative number
      Given the source "orders" in namespace "shop" was backed up at:
        | 2024-01-20T10:00:00Z |
        | 2024-01-20T11:00:00Z |
        | 2024-01-20T12:00:00Z |
      And the volume of the destination "orders" in namespace "shop" holds the files:
        | current.txt |
      When the destination "orders" in namespace "shop" restores with:
        | field    | value |
        | previous | -1    |
      Then the subject, and not the mover of the harness, makes the restore fail
      And its volume is left as it was

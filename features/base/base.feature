Feature: A plain backup and a plain restore work, and failures are reported
  A ReplicationSource (below: source) backs a PVC up into a repository, and a ReplicationDestination
  (below: destination) restores one. No other claim can be judged where one of these is broken: they
  are asked first.

  Rule: A plain backup succeeds and is recorded once

    @BA_1
    Scenario: A source without any special field is backed up
      Given no repository exists yet
      And a source "orders" in namespace "shop"
      When the source "orders" in namespace "shop" is backed up
      Then the backup succeeds
      And it is recorded once

  Rule: A plain restore returns the bytes

    @BA_2
    Scenario: A destination that names the identity of a backup gets its data back
      Given a source "orders" in namespace "shop"
      And every source is backed up
      When a destination in namespace "shop" restores what was backed up of that source
      Then its volume holds exactly the data of source "orders" in namespace "shop"

  Rule: An object that is applied gets a Job or an error in time

    @BA_3
    Scenario: The operator answers a source
      Given a source "orders" in namespace "shop"
      When the source "orders" in namespace "shop" is reconciled without running its mover
      Then the operator answers with a Job or an error

    @BA_3
    Scenario: The operator answers a source whose repository Secret does not exist
      Given a source "orders" in namespace "shop" with:
        | field      | value              |
        | repository | no-such-repository |
      And no namespace has a Secret "no-such-repository"
      When the source "orders" in namespace "shop" is reconciled without running its mover
      Then the operator answers with a Job or an error

  Rule: The status of an object whose Job failed reports the failure

    Background:
      Given a source "orders" in namespace "shop"

    @BA_4
    Scenario: The status of a source reports that its Job failed
      When the source "orders" in namespace "shop" is synced and its Job fails
      Then the backup fails

    @BA_4
    Scenario: The status of a destination reports that its Job failed
      Given every source is backed up
      When the destination "orders" in namespace "shop" is synced and its Job fails
      Then the restore fails

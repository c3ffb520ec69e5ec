Feature: What everything else stands on
  A backup, a restore, an answer and a report: where one of these is broken, no other claim can be judged.
  They are asked first.

  Rule: A plain backup succeeds and is recorded once

    @BA_1
    Scenario: A source without any special field is backed up
      Given a source "orders" in namespace "shop"
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

  Rule: An object is answered in time

    @BA_3
    Scenario: A source gets a Job or an error
      Given a source "orders" in namespace "shop"
      When the source "orders" in namespace "shop" is applied
      Then the operator answers with a Job or an error

    @BA_3
    Scenario: A source whose repository Secret does not exist gets an error
      Given a source "orders" in namespace "shop" with:
        | field      | value              |
        | repository | no-such-repository |
      And no namespace has a Secret "no-such-repository"
      When the source "orders" in namespace "shop" is applied
      Then the operator answers with a Job or an error

  Rule: A failed Job is reported as failed

    @BA_4
    Scenario: The Job of a source fails, and its status says so
      Given a source "orders" in namespace "shop"
      When the source "orders" in namespace "shop" is synced and its Job fails
      Then the operator reports the failure

    @BA_4
    Scenario: The Job of a destination fails, and its status says so
      Given a source "orders" in namespace "shop"
      And every source is backed up
      When the destination "orders" in namespace "shop" is synced and its Job fails
      Then the restore fails

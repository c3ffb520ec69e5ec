Feature: Which identity a destination asked for
  A destination shows in its status whose data it wants.

  Rule: The status holds the identity that was asked for

    @IS_3
    Scenario: The documented query shows a custom identity
      Given the kopia user "Order_Desk.7" of host "Site_A.eu" has a snapshot from "2024-01-20T10:00:00Z"
      When the destination "restore-data" in namespace "shop" restores with:
        | field    | value        |
        | username | Order_Desk.7 |
        | hostname | Site_A.eu    |
      Then the documented query "{.status.kopia.requestedIdentity}" yields username "Order_Desk.7" and hostname "Site_A.eu"

  Rule: The part after the @ is said always to be the namespace

    @IS_3P
    Scenario: A destination with a custom hostname
      Given the kopia user "order-desk" of host "site-a.eu" has a snapshot from "2024-01-20T10:00:00Z"
      When the destination "restore-data" in namespace "shop" restores with:
        | field    | value      |
        | username | order-desk |
        | hostname | site-a.eu  |
      Then it is a finding whether what follows the @ is the namespace

  Rule: Another name or another namespace needs a sourceIdentity

    @IS_2
    Scenario Outline: A destination with another <what> finds nothing by itself
      Given a source "orders" in namespace "shop"
      And every source is backed up
      And the volume of the destination "<name>" in namespace "<namespace>" holds the files:
        | report.txt |
      When the destination "<name>" in namespace "<namespace>" restores
      Then the restore fails
      And its volume is left as it was

      Examples:
        | what      | name         | namespace |
        | name      | restore-data | shop      |
        | namespace | orders       | office    |

    @IS_2
    Scenario: A destination with another name and namespace finds what it names
      Given a source "orders" in namespace "shop"
      And every source is backed up
      When the destination "restore-data" in namespace "office" restores with:
        | field           | value  |
        | sourceName      | orders |
        | sourceNamespace | shop   |
      Then its volume holds exactly the data of source "orders" in namespace "shop"

Feature: Kubernetes shows which identity an object uses
  A ReplicationDestination (below: destination) shows in its status whose data it wants; kubectl shows
  which identity a ReplicationSource (below: source) got.

  Rule: The status holds the identity that was requested

    @IS_3
    Scenario: The documented query shows a custom identity
      Given the kopia user "Order_Desk.7" of host "Site_A.eu" has a snapshot from "2024-01-20T10:00:00Z"
      When the destination "restore-data" in namespace "shop" restores with:
        | field    | value        |
        | username | Order_Desk.7 |
        | hostname | Site_A.eu    |
      Then the documented query yields username "Order_Desk.7" and hostname "Site_A.eu":
        """
        {.status.kopia.requestedIdentity}
        """

    @IS_3
    Scenario: The documented query shows the identity of the newest restore
      Given the kopia user "desk" of host "site-a" has a snapshot from "2024-01-20T10:00:00Z"
      And the kopia user "clerk" of host "site-b" has a snapshot from "2024-01-20T10:00:00Z"
      And the destination "restore-data" in namespace "shop" has restored with:
        | field    | value  |
        | username | desk   |
        | hostname | site-a |
      When the destination "restore-data" in namespace "shop" is changed, and restores with:
        | field    | value  |
        | username | clerk  |
        | hostname | site-b |
      Then the documented query yields username "clerk" and hostname "site-b":
        """
        {.status.kopia.requestedIdentity}
        """

  # A user reads a custom identity in the spec; only the operator can show a generated one.
  Rule: kubectl describe shows the identity that was generated for a source

    @IS_1 @literal-namespaces
    Scenario: The description of a source shows its default username and hostname
      Given a source "orders" in namespace "a-namespace-that-is-too-long-to-enter-any-username"
      When the source "orders" in namespace "a-namespace-that-is-too-long-to-enter-any-username" is backed up
      Then kubectl describe of the source "orders" in namespace "a-namespace-that-is-too-long-to-enter-any-username" shows username "orders" and hostname "a-namespace-that-is-too-long-to-enter-any-username"

  Rule: The status lists every identity also after a restore that succeeds

    @DI_7
    Scenario: A destination that restores lists the identities of its repository
      Given these sources:
        | name   | namespace | username | hostname |
        | orders | shop      | desk     | site-a   |
        | files  | office    | clerk    | site-b   |
      And every source is backed up
      When the destination "restore-data" in namespace "shop" restores, and its discovery is awaited, with:
        | field    | value  |
        | username | desk   |
        | hostname | site-a |
      Then after success its status lists:
        | identity     | snapshots |
        | desk@site-a  | 1         |
        | clerk@site-b | 1         |

  Rule: The document promises that the part after the @ is the namespace

    @IS_3P @literal-namespaces
    Scenario: A destination has a custom hostname
      Given the kopia user "order-desk" of host "site-a.eu" has a snapshot from "2024-01-20T10:00:00Z"
      When the destination "restore-data" in namespace "shop" restores with:
        | field    | value      |
        | username | order-desk |
        | hostname | site-a.eu  |
      Then record whether requestedIdentity shows "shop" after the @

  Rule: A destination of another name or in another namespace needs a sourceIdentity

    Background:
      Given a source "orders" in namespace "shop"
      And every source is backed up

    @IS_2
    Scenario Outline: A destination with another <what> finds nothing by itself
      Given the volume of the destination "<name>" in namespace "<namespace>" holds the files:
        | report.txt |
      When the destination "<name>" in namespace "<namespace>" restores
      Then the restore fails
      And its volume is left as it was

      Examples:
        | what      | name         | namespace |
        | name      | restore-data | shop      |
        | namespace | orders       | office    |

    @IS_2
    Scenario: A destination with another name and namespace restores the source that it names
      When the destination "restore-data" in namespace "office" restores with:
        | field           | value  |
        | sourceName      | orders |
        | sourceNamespace | shop   |
      Then its volume holds exactly the data of source "orders" in namespace "shop"

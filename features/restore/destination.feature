Feature: The fields of a destination decide whose data it restores
  A ReplicationDestination (below: destination) may name an identity, name a ReplicationSource (below:
  source), or name nothing: then its own name and namespace decide.

  Rule: A destination that gives no identity restores under its own name and namespace

    @RD_1 @object-name @literal-namespaces
    Scenario: The Job of a destination without an identity has its name as username and its namespace as hostname
      When the destination "restore-data" in namespace "production" is reconciled without running its mover
      Then its Job has username "restore-data" and hostname "production"

  Rule: A destination of the same name and namespace restores its source

    @RD_2
    Scenario: Destinations restore the sources of their name and namespace
      Given these sources:
        | name   | namespace |
        | orders | shop      |
        | orders | office    |
        | files  | office    |
      And every source is backed up
      When every source is restored by a destination of its own name and namespace
      Then every restore holds exactly the data of its source

  Rule: Username and hostname are given both or neither

    @RD_3
    Scenario Outline: A destination with a <given> and no <missing> is refused
      Given a source "orders" in namespace "shop"
      When the destination "orders" in namespace "shop" restores with:
        | field   | value  |
        | <given> | till-7 |
      Then the restore fails
      And no mover was started for the destination
      And the API or the operator mentions "<missing>"

      Examples:
        | given    | missing  |
        | username | hostname |
        | hostname | username |

    @RD_3
    Scenario: A destination with a sourceIdentity, a username and no hostname is refused
      Given a source "orders" in namespace "shop"
      When the destination "orders" in namespace "shop" restores with:
        | field      | value  |
        | sourceName | orders |
        | username   | till-7 |
      Then the restore fails
      And no mover was started for the destination
      And the API or the operator mentions "hostname"

  Rule: Username and hostname together select exactly that identity

    @RD_4
    Scenario: A destination restores the identity that it names
      Given these sources:
        | name   | namespace | username     | hostname   |
        | orders | shop      | Order_Desk.7 | shop-floor |
        | orders | office    | Order_Desk.7 | Back_Room  |
        | files  | shop      | file-desk    | shop-floor |
      And every source is backed up
      When the destination "orders" in namespace "shop" restores with:
        | field    | value        |
        | username | Order_Desk.7 |
        | hostname | Back_Room    |
      Then its volume holds exactly the data of source "orders" in namespace "office"

  Rule: Username and hostname come first, then the source that is named, then the destination itself

    @RD_5
    Scenario: The Job of a destination that names an identity and a source has the identity
      Given a source "orders" in namespace "shop"
      When the destination "files" in namespace "office" is reconciled without running its mover, with:
        | field           | value      |
        | username        | order-desk |
        | hostname        | back-room  |
        | sourceName      | orders     |
        | sourceNamespace | shop       |
      Then its Job has username "order-desk" and hostname "back-room"

    @RD_5 @literal-namespaces
    Scenario: The Job of a destination that names a source has the identity of that source
      Given a source "orders" in namespace "a-namespace-that-is-too-long-to-enter-any-username"
      When the destination "files" in namespace "office" is reconciled without running its mover, with:
        | field           | value                                              |
        | sourceName      | orders                                             |
        | sourceNamespace | a-namespace-that-is-too-long-to-enter-any-username |
      Then its Job has username "orders" and hostname "a-namespace-that-is-too-long-to-enter-any-username"

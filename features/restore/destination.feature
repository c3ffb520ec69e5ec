Feature: Whose data a destination restores
  A destination may name an identity, name a source, or say nothing and stand for itself.

  Rule: A destination that gives no identity asks for its own name at its namespace

    @RD_1 @object-name
    Scenario: A destination without an identity is its name at its namespace
      When the destination "restore-data" in namespace "production" asks
      Then it asks for username "restore-data" and hostname "production"

  Rule: A destination of the same name and namespace restores its source

    @RD_2
    Scenario: Destinations find the sources whose name and namespace they share
      Given these sources:
        | name   | namespace |
        | orders | shop      |
        | orders | office    |
        | files  | office    |
      And every source is backed up
      When destinations of the same name and namespace restore every source
      Then every restore holds exactly the data of its source

  Rule: Username and hostname are given both or neither

    @RD_3
    Scenario Outline: A destination with a <given> and no <missing> is refused
      Given a source "orders" in namespace "shop"
      When the destination "orders" in namespace "shop" restores with:
        | field   | value  |
        | <given> | till-7 |
      Then the restore fails
      And no mover restored anything
      And the API or the operator names "<missing>"

      Examples:
        | given    | missing  |
        | username | hostname |
        | hostname | username |

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

  Rule: Explicit names come first, then the source that is named, then the destination itself

    @RD_5
    Scenario: A destination that says everything asks for the explicit identity
      Given a source "orders" in namespace "shop"
      When the destination "files" in namespace "office" asks with:
        | field           | value      |
        | username        | order-desk |
        | hostname        | back-room  |
        | sourceName      | orders     |
        | sourceNamespace | shop       |
      Then it asks for username "order-desk" and hostname "back-room"

    @RD_5
    Scenario: A destination that names a source asks for that source
      Given a source "orders" in namespace "a-namespace-that-is-too-long-to-enter-any-username"
      When the destination "files" in namespace "office" asks with:
        | field           | value                                              |
        | sourceName      | orders                                             |
        | sourceNamespace | a-namespace-that-is-too-long-to-enter-any-username |
      Then it asks for username "orders" and hostname "a-namespace-that-is-too-long-to-enter-any-username"

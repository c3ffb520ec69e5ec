Feature: An identity reaches the repository through the environment of the mover
  The operator sets the identity of a ReplicationSource (below: source) in the environment of the Job of its
  mover.  The mover gives it to kopia when it opens the repository, and kopia uses it for every snapshot.

  Rule: The Job of a mover sets KOPIA_OVERRIDE_USERNAME and KOPIA_OVERRIDE_HOSTNAME

    @OV_1
    Scenario: The Job sets both custom names of its source
      Given a source "orders" in namespace "shop" with:
        | field    | value          |
        | username | order-desk     |
        | hostname | shop.main-site |
      When the source "orders" in namespace "shop" is backed up
      Then its Job sets KOPIA_OVERRIDE_USERNAME to "order-desk"
      And its Job sets KOPIA_OVERRIDE_HOSTNAME to "shop.main-site"

    @TR_3 @literal-namespaces
    Scenario: The Job sets a custom username and the default hostname
      Given a source "orders" in namespace "shop" with:
        | field    | value      |
        | username | order-desk |
      When the source "orders" in namespace "shop" is backed up
      Then its Job sets KOPIA_OVERRIDE_USERNAME to "order-desk"
      And its Job sets KOPIA_OVERRIDE_HOSTNAME to "shop"

  Rule: kopia takes an identity when it opens a repository

    @OV_2
    Scenario: kopia takes an identity when it creates a repository
      When a kopia client creates a repository as username "alice" and hostname "wonderland"
      Then kopia reports the client as username "alice" and hostname "wonderland"

    @OV_2
    Scenario: kopia takes an identity when it connects to a repository
      Given a repository
      When a kopia client connects to it as username "bob" and hostname "building.site"
      Then kopia reports the client as username "bob" and hostname "building.site"

    @OV_3
    Scenario: kopia keeps the identity for every later snapshot
      Given a repository
      And a kopia client that connects to it as username "alice" and hostname "wonderland"
      When it takes 2 snapshots without any identity flag
      Then the repository holds 2 snapshots, all of username "alice" and hostname "wonderland"

  Rule: kopia takes no identity for a single snapshot

    @OV_4
    Scenario Outline: kopia refuses <flag> for a snapshot
      Given a repository
      And a kopia client that connects to it as username "alice" and hostname "wonderland"
      When it takes a snapshot with the flag "<flag>=mallory"
      Then kopia refuses the call and names "<flag>"
      And the repository holds no snapshot

      Examples:
        | flag                |
        | --override-username |
        | --override-hostname |

  Rule: A mover records its snapshots under the identity of its Job

    # The mover creates the repository: kopia takes an identity there as well, and keeps it for the first backup.
    @OV_5
    Scenario: A mover records the first two backups of a new repository under the identity of its Jobs
      Given no repository exists yet
      And a source "orders" in namespace "shop"
      And the mover has backed up the source "orders" in namespace "shop" as username "Order_Desk" and hostname "Shop.Main-Site.Europe"
      When the mover backs up the source "orders" in namespace "shop" as username "Order_Desk" and hostname "Shop.Main-Site.Europe"
      Then it is recorded under username "Order_Desk" and hostname "Shop.Main-Site.Europe"
      And the repository holds 2 snapshots, all of username "Order_Desk" and hostname "Shop.Main-Site.Europe"

    @OV_5
    Scenario: A mover does not use the identity of an earlier Job
      Given a source "orders" in namespace "shop"
      And the mover has backed up the source "orders" in namespace "shop" as username "order-desk" and hostname "site-a"
      When the mover backs up the source "orders" in namespace "shop" as username "clerk" and hostname "back-room"
      Then it is recorded under username "clerk" and hostname "back-room"

Feature: How an identity reaches the repository
  An operator hands an identity to its mover, the mover hands it to kopia when it opens the
  repository, and kopia keeps it from there on.

  Rule: Custom names reach the mover in its environment

    @OV_1
    Scenario: A mover is given the custom names of its source
      Given a source "orders" in namespace "shop" with:
        | field    | value          |
        | username | order-desk     |
        | hostname | shop.main-site |
      When the source "orders" in namespace "shop" is backed up
      Then the mover of the source is given KOPIA_OVERRIDE_USERNAME "order-desk"
      And the mover of the source is given KOPIA_OVERRIDE_HOSTNAME "shop.main-site"

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
    Scenario: kopia keeps an identity for every later snapshot
      Given a repository
      And a kopia client that connects to it as username "alice" and hostname "wonderland"
      When it takes 2 snapshots without any identity flag
      Then the repository holds 2 snapshots, all of username "alice" and hostname "wonderland"

  Rule: A snapshot takes no identity

    @OV_4
    Scenario Outline: kopia refuses <flag> for a snapshot
      Given a repository
      And a kopia client that connects to it as username "alice" and hostname "wonderland"
      When it is asked for a snapshot with the flag "<flag>=mallory"
      Then kopia refuses the call and names "<flag>"
      And the repository holds no snapshot

      Examples:
        | flag                |
        | --override-username |
        | --override-hostname |

  Rule: A mover records its snapshots under the identity that it was given

    @OV_5
    Scenario Outline: A mover keeps to the identity <username> at <hostname>
      Given a source "orders" in namespace "shop"
      And the mover has backed up the source "orders" in namespace "shop" as username "<username>" and hostname "<hostname>"
      When the mover backs up the source "orders" in namespace "shop" as username "<username>" and hostname "<hostname>"
      Then it is recorded under username "<username>" and hostname "<hostname>"
      And the repository holds 2 snapshots, all of username "<username>" and hostname "<hostname>"

      Examples:
        | username   | hostname              |
        | order-desk | shop                  |
        | Order_Desk | Shop.Main-Site.Europe |

    @OV_5
    Scenario: A mover forgets the identity of the Job before
      Given a source "orders" in namespace "shop"
      And the mover has backed up the source "orders" in namespace "shop" as username "order-desk" and hostname "shop"
      When the mover backs up the source "orders" in namespace "shop" as username "clerk" and hostname "back-room"
      Then it is recorded under username "clerk" and hostname "back-room"

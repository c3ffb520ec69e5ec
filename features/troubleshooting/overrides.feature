Feature: Looking for an identity that is not applied
  What the document tells its readers to look at when identities are not what they expect.

  Rule: The removed flags end in a failed backup

    @TR_1
    Scenario Outline: <flag> as an additional argument fails, and the log says why
      Given a source "orders" in namespace "shop" with:
        | field          | value          |
        | additionalArgs | <flag>=mallory |
      When the source "orders" in namespace "shop" is backed up
      Then the backup fails
      And the log says that "<flag>" is refused

      Examples:
        | flag                |
        | --override-username |
        | --override-hostname |

  Rule: Additional arguments reach kopia as they are given

    @TR_5
    Scenario: An argument with spaces stays in one piece, also behind another one
      Given a source "orders" in namespace "shop" with:
        | field          | value                                                                           |
        | additionalArgs | --tags=team:shop                                                                |
        | additionalArgs | --description=shop's "orders",  7 % of $HOME & $(id); a*b \| c = d\\e #1, größe |
      When the source "orders" in namespace "shop" is backed up
      Then its snapshot has the description:
        """
        shop's "orders",  7 % of $HOME & $(id); a*b | c = d\e #1, größe
        """

  Rule: The log shows the identity in use

    @TR_2
    Scenario: The documented search finds username and hostname
      Given a source "orders" in namespace "shop" with:
        | field    | value      |
        | username | order-desk |
        | hostname | site-a.eu  |
      When the source "orders" in namespace "shop" is backed up
      Then the documented search "KOPIA_OVERRIDE|Using.*override|Creating snapshot for" of the log finds username "order-desk" and hostname "site-a.eu"

  Rule: The environment of the mover holds the identity

    @TR_3
    Scenario: A custom username and a default hostname are both in the environment
      Given a source "orders" in namespace "shop" with:
        | field    | value      |
        | username | order-desk |
      When the source "orders" in namespace "shop" is backed up
      Then the mover of the source is given KOPIA_OVERRIDE_USERNAME "order-desk"
      And the mover of the source is given KOPIA_OVERRIDE_HOSTNAME "shop"

  Rule: The identity is applied where the repository is opened

    @TR_4
    Scenario: The log shows the override at the connect, and not at the snapshot
      Given a source "orders" in namespace "shop" with:
        | field    | value      |
        | username | order-desk |
        | hostname | site-a.eu  |
      And every source is backed up
      When the source "orders" in namespace "shop" is backed up
      Then the log shows "repository connect" with username "order-desk" and hostname "site-a.eu"
      And the log shows "snapshot create" without an override

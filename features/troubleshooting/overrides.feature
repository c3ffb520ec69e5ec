Feature: The log of a mover shows the identity in use, and additional arguments reach kopia
  The document tells its readers what to look at when the backups of a ReplicationSource (below: source) are not
  recorded under the identity that they expect.

  Rule: A backup fails if its additional arguments have an identity flag, which kopia does not accept for a snapshot

    @TR_1
    Scenario Outline: A backup with the additional argument <flag> fails, and the log says why
      Given a source "orders" in namespace "shop" with:
        | field          | value          |
        | additionalArgs | <flag>=mallory |
      When the source "orders" in namespace "shop" is backed up
      Then the backup fails
      And the log of the mover or a message of the operator says that "<flag>" is refused

      Examples:
        | flag                |
        | --override-username |
        | --override-hostname |

  Rule: Additional arguments reach kopia as they are given

    @TR_5
    Scenario: The second of two arguments keeps its spaces, quotes and other characters
      Given a source "orders" in namespace "shop" with:
        | field          | value                                                                           |
        | additionalArgs | --tags=team:shop                                                                |
        | additionalArgs | --description=shop's "orders",  7 % of $HOME & $(id); a*b \| c = d\\e #1, größe |
      When the source "orders" in namespace "shop" is backed up
      Then its snapshot has the description:
        """
        shop's "orders",  7 % of $HOME & $(id); a*b | c = d\e #1, größe
        """

  Rule: The documented search of the log finds the identity in use

    @TR_2
    Scenario: The log of a backup holds username and hostname in lines that the search finds
      Given a source "orders" in namespace "shop" with:
        | field    | value      |
        | username | order-desk |
        | hostname | site-a.eu  |
      When the source "orders" in namespace "shop" is backed up
      Then the documented search of the log finds username "order-desk" and hostname "site-a.eu":
        """
        KOPIA_OVERRIDE|Using.*override|Creating snapshot for
        """

  Rule: The identity is given when the repository is opened, and not for a snapshot

    @TR_4
    Scenario: The log shows the overrides in the command that connects, and not in the one that makes a snapshot
      Given a source "orders" in namespace "shop" with:
        | field    | value      |
        | username | order-desk |
        | hostname | site-a.eu  |
      When the source "orders" in namespace "shop" is backed up
      Then the log shows "repository connect" with username "order-desk" and hostname "site-a.eu"
      And no "snapshot create" in the log has an override

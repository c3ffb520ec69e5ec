Feature: Additional arguments arrive as they were written, and do nothing else
  A user writes them for kopia in a ReplicationSource (below: source) or a ReplicationDestination (below: destination).
  A list of them is given here as JSON.

  Rule: All of several arguments arrive whole and unchanged

    @SP_50
    Scenario: Several arguments, most of them of one flag, have blanks at their ends and several equals signs
      Given a source "orders" in namespace "shop" with the additional arguments:
        """
        ["--tags=Cost_Center:A=B=C", "--tags=team:Shop_Front|back--office", "--tags=shift:night ",
         "--description=  --tags=none:kept\n\tsecond line of Back_Office's note  "]
        """
      When the source "orders" in namespace "shop" is backed up
      Then the backup fails, or its snapshot has the description and the tags:
        """
        {"description": "  --tags=none:kept\n\tsecond line of Back_Office's note  ",
         "tags": ["Cost_Center:A=B=C", "team:Shop_Front|back--office", "shift:night "]}
        """

  Rule: Kubernetes replaces nothing in an argument

    @SP_51
    Scenario: An argument has two dollar signs, and the names of variables as Kubernetes refers to them
      Given a source "orders" in namespace "shop" with the additional arguments:
        """
        ["--description=5$$ for $(DATA_DIR) of $(KOPIA_OVERRIDE_USERNAME) in $(KOPIA_REPOSITORY)"]
        """
      When the source "orders" in namespace "shop" is backed up
      Then the backup fails, or its snapshot has the description and the tags:
        """
        {"description": "5$$ for $(DATA_DIR) of $(KOPIA_OVERRIDE_USERNAME) in $(KOPIA_REPOSITORY)", "tags": []}
        """

  Rule: No text in an argument is run as a command

    @SP_52
    Scenario: Arguments contain commands, in every way in which a shell finds them
      Given a source "orders" in namespace "shop" with the additional arguments:
        """
        ["--tags=a:$(printf run-%s by-a-shell; touch \"${DATA_DIR:?}/substituted\")",
         "--tags=b:`printf run-%s by-a-shell; touch \"${DATA_DIR:?}/quoted\"`",
         "--tags=c:'; printf run-%s by-a-shell; touch \"${DATA_DIR:?}/apostrophe\"; '",
         "--tags=d:\"; printf run-%s by-a-shell; touch \"${DATA_DIR:?}/quote\"; \"",
         "--description=x; touch \"${DATA_DIR:?}/after\" & touch \"${DATA_DIR:?}/aside\" || >\"${DATA_DIR:?}/piped\""]
        """
      When the source "orders" in namespace "shop" is backed up
      Then no file came into its volume
      And "run-by-a-shell" is not in its log, its Job, its status, its messages or its snapshots
      And the backup fails, or its snapshot has the description and the tags:
        """
        {"description": "x; touch \"${DATA_DIR:?}/after\" & touch \"${DATA_DIR:?}/aside\" || >\"${DATA_DIR:?}/piped\"",
         "tags": ["a:$(printf run-%s by-a-shell; touch \"${DATA_DIR:?}/substituted\")",
                  "b:`printf run-%s by-a-shell; touch \"${DATA_DIR:?}/quoted\"`",
                  "c:'; printf run-%s by-a-shell; touch \"${DATA_DIR:?}/apostrophe\"; '",
                  "d:\"; printf run-%s by-a-shell; touch \"${DATA_DIR:?}/quote\"; \""]}
        """

  Rule: An argument neither ends a backup early nor adds anything to it

    @FS_55
    Scenario: An argument limits how much a backup may upload
      Given a source "orders" in namespace "shop" with the additional arguments:
        """
        ["--upload-limit-mb=1"]
        """
      When the source "orders" in namespace "shop" is backed up with exactly these files, and restored:
        | path     | kind          |
        | a/ledger | file of 2 MiB |
        | b/ledger | file of 2 MiB |
        | c/ledger | file of 2 MiB |
      Then the backup fails, or the restore returns exactly its regular files

    @FS_56
    Scenario: An argument is no flag but a folder
      Given a source "orders" in namespace "shop" with the additional arguments:
        """
        ["/etc"]
        """
      When the source "orders" in namespace "shop" is backed up
      Then the subject makes the backup fail, or it is recorded under the identity of its own source alone

  Rule: An argument does not change whose backup it is

    @FO_50
    Scenario Outline: The arguments of a source name the identity of another source: <arguments>
      Given a source "files" in namespace "office" with:
        | field    | value          |
        | username | files          |
        | hostname | office.example |
      And every source is backed up
      And a source "orders" in namespace "shop" with the additional arguments:
        """
        <arguments>
        """
      When the source "orders" in namespace "shop" is backed up
      Then the sources have this many snapshots:
        | name  | namespace | snapshots |
        | files | office    | 1         |
      And the subject makes the backup fail, or it is recorded under the identity of its own source alone

      Examples:
        | arguments                                         |
        | ["--override-source=files@office.example:/data"]  |
        | ["--override-source", "files@office.example:/data"] |

  Rule: A restore obeys the arguments of its destination

    @LO_50
    Scenario: A destination whose volume holds newer files forbids kopia to overwrite them
      Given a source "orders" in namespace "shop"
      And every source is backed up
      And the volume of the destination "orders" in namespace "shop" holds the files:
        | owner.txt   |
        | private/key |
      When the destination "orders" in namespace "shop" restores with:
        | field          | value                |
        | additionalArgs | --no-overwrite-files |
      Then every file that was in its volume before is left as it was

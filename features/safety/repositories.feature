Feature: A backup is in the repository that its Secret names, and in no other
  The repository Secret of a ReplicationSource (below: source) or ReplicationDestination (below: destination) is wrong,
  odd, or changes between two syncs. The cache of the mover persists.

  Rule: Each repository holds the backups that were made while the Secret named it

    @LO_20
    Scenario: The Secret of a source names other repositories for a while
      Given a source "orders" in namespace "shop"
      When the source "orders" in namespace "shop" is backed up into each of these repositories:
        | s3://shop-backups/2024  |
        | s3://shop-backups/2025  |
        | s3://moved-backups/2024 |
        | s3://shop-backups/2024  |
      Then each of these repositories holds its backups that succeeded while the Secret named it, and no other:
        | s3://shop-backups/2024  |
        | s3://shop-backups/2025  |
        | s3://moved-backups/2024 |

    @LO_20
    Scenario: A source names another Secret after its first backup
      Given these repositories:
        | secret    | repository             |
        | last-year | s3://shop-backups/2024 |
        | this-year | s3://shop-backups/2025 |
      And a source "orders" in namespace "shop" with:
        | field      | value     |
        | repository | last-year |
      And every source is backed up
      And the source "orders" in namespace "shop" is changed to have:
        | field      | value     |
        | repository | this-year |
      When the source "orders" in namespace "shop" is backed up
      Then each of these repositories holds its backups that succeeded while the Secret named it, and no other:
        | s3://shop-backups/2024 |
        | s3://shop-backups/2025 |

  Rule: A wrong password or key makes a backup fail, and changes nothing

    @LO_21
    Scenario: The Secret of a source becomes wrong after its first backup
      Given a source "orders" in namespace "shop"
      And every source is backed up
      When the source "orders" in namespace "shop" is backed up with each of these keys of its Secret wrong:
        | KOPIA_PASSWORD        |
        | AWS_SECRET_ACCESS_KEY |
      Then each of these backups fails
      And the repository holds a snapshot of each successful backup

    @LO_21
    Scenario: The Secrets of two namespaces name one repository with different passwords
      Given these sources:
        | name   | namespace |
        | orders | shop      |
        | files  | office    |
      And the repository Secret of namespace "office" has a wrong KOPIA_PASSWORD
      When every source is backed up
      Then the repository holds a snapshot of each successful backup
      And the last backup of the source "files" in namespace "office" fails

    @LO_22
    Scenario: The Secret of a source is corrected after backups that failed
      Given a source "orders" in namespace "shop"
      And the mover has backed up the source "orders" in namespace "shop" as username "orders" and hostname "till-7"
      And the mover has failed with each of these keys of its Secret wrong:
        | KOPIA_PASSWORD        |
        | AWS_SECRET_ACCESS_KEY |
      When the mover backs up the source "orders" in namespace "shop" as username "orders" and hostname "till-7"
      Then the backup succeeds
      And the repository holds a snapshot of each successful backup

  Rule: The password of a Secret opens the repository that was created with it

    @LO_23
    Scenario: Passwords that a template or a shell changes
      Given these sources:
        | name   | namespace |
        | orders | shop      |
        | files  | office    |
        | notes  | lab       |
      And these repositories:
        | namespace | repository            | password                          |
        | shop      | s3://shop-backups/a   | -f $(AWS_ACCESS_KEY_ID) %41 $HOME |
        | office    | s3://office-backups/b | "quoted Paßwort"                  |
        | lab       | s3://lab-backups/c    | 000123456                         |
      When every source is backed up
      Then each backup fails, or kopia opens its repository with the password of its Secret

  Rule: A backup that is reported as a success is in the bucket that the Secret names

    @FS_20
    Scenario: The bucket of a Secret does not exist
      Given a source "orders" in namespace "shop"
      And the repository Secret of namespace "shop" names a bucket that does not exist
      When the source "orders" in namespace "shop" is backed up and then restored
      Then the backup fails, or the restore returns exactly its data

  Rule: Repositories with prefixes that begin or end alike are separate

    @FO_20
    Scenario: Sources with one identity back up into neighbouring prefixes
      Given these sources:
        | name   | namespace | username | hostname |
        | orders | shop      | app      | till     |
        | orders | office    | app      | till     |
        | orders | lab       | app      | till     |
      And these repositories:
        | namespace | repository                  |
        | shop      | s3://company-backups/app-2  |
        | office    | s3://company-backups/app    |
        | lab       | s3://company-backups/it/app |
      When every source is backed up, and then restored from its own Secret
      Then every backup succeeds
      And every restore holds exactly the data of its source
      And each of them lists one identity with one snapshot

    @FO_22
    Scenario: Two prefixes differ after a character that has a meaning in URLs
      Given these sources:
        | name   | namespace | username | hostname |
        | orders | shop      | app      | till     |
        | orders | office    | app      | till     |
      And these repositories:
        | namespace | repository                 |
        | shop      | s3://company-backups/app#1 |
        | office    | s3://company-backups/app#2 |
      When every source is backed up, and then restored from its own Secret
      Then every restore fails, or holds exactly the data of its source

  Rule: A destination restores what a source with the same Secret backed up

    @FO_21
    Scenario Outline: A Secret spells its repository <spelling>
      Given a source "orders" in namespace "shop"
      And these repositories:
        | namespace | repository   |
        | shop      | <repository> |
      And every source is backed up
      And the repository Secret of namespace "shop" spells its repository "<spelling>"
      When the source "orders" in namespace "shop" is backed up and then restored
      Then the backup fails, or the restore returns exactly its data

      # A slash before the prefix is not asked: some stores drop it, others do not. In the middle, some refuse two.
      Examples:
        | repository                   | spelling                      |
        | s3://company-backups/team    | s3://company-backups/team/    |
        | s3://company-backups/it/team | s3://company-backups/it//team |

  Rule: A restore creates no repository

    @SP_20
    Scenario: A destination restores from a prefix without a repository
      Given these repositories:
        | namespace | repository                |
        | shop      | s3://company-backups/taem |
      When the destination "orders" in namespace "shop" restores
      Then the restore fails
      And there is no repository in the bucket "s3://company-backups", below whatever prefix

  Rule: No repository is created with a password that protects nothing

    @DC_21
    Scenario: The password of a Secret is blank
      Given no repository exists yet
      And a source "orders" in namespace "shop"
      And the repository Secret of namespace "shop" has a blank KOPIA_PASSWORD
      When the source "orders" in namespace "shop" is backed up
      Then the backup fails
      And there is no repository in the bucket "s3://company-backups", below whatever prefix

  Rule: A backup that cannot open its repository shows no password and no key

    @DC_20
    Scenario: The passwords and keys of a Secret are wrong
      Given the command lines of all processes are recorded
      And a source "orders" in namespace "shop"
      And every source is backed up
      When the source "orders" in namespace "shop" is backed up with each of these keys of its Secret wrong:
        | KOPIA_PASSWORD        |
        | AWS_SECRET_ACCESS_KEY |
      Then each of these backups fails
      And no password or key is shown anywhere

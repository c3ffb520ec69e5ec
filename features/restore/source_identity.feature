Feature: A destination restores a source by the name of that source
  The sourceIdentity of a ReplicationDestination (below: destination) names a ReplicationSource (below:
  source); the destination then restores under the identity of that source.

  Rule: The name and namespace of a source are enough to restore it

    @SI_1
    Scenario: The documented destination restores a source of another namespace
      Given these sources:
        | name          | namespace   |
        | webapp-backup | production  |
        | webapp-backup | restore-lab |
      And every source is backed up
      And the documented manifest "restore-2-source" in namespace "restore-lab"
      When the documented destination restores
      Then its volume holds exactly the data of source "webapp-backup" in namespace "production"

    @SI_1
    Scenario: A destination that names no repository restores from that of the source
      Given these repositories:
        | secret            | repository        |
        | the-team-s-bucket | s3://team-backups |
      And a source "webapp-backup" in namespace "production" with:
        | field      | value             |
        | repository | the-team-s-bucket |
      And every source is backed up
      When the destination "restore-data" in namespace "restore-lab" restores, without a repository, with:
        | field           | value         |
        | sourceName      | webapp-backup |
        | sourceNamespace | production    |
      Then its volume holds exactly the data of source "webapp-backup" in namespace "production"

    @SI_1
    Scenario: A destination that names no namespace restores a source of its own namespace
      Given these sources:
        | name          | namespace   |
        | webapp-backup | production  |
        | webapp-backup | restore-lab |
      And every source is backed up
      When the destination "restore-data" in namespace "production" restores with:
        | field      | value         |
        | sourceName | webapp-backup |
      Then its volume holds exactly the data of source "webapp-backup" in namespace "production"

    # The Secret that the source names is in the namespace of the destination, too, and opens a repository without it.
    @SI_1
    Scenario: A destination that names a repository restores from that one
      Given these repositories:
        | namespace   | secret            | repository           |
        | production  | the-team-s-bucket | s3://company-backups |
        | restore-lab | the-team-s-bucket | s3://team-backups    |
      And a source "webapp-backup" in namespace "production" with:
        | field      | value             |
        | repository | the-team-s-bucket |
      And every source is backed up
      When the destination "restore-data" in namespace "restore-lab" restores with:
        | field           | value            |
        | sourceName      | webapp-backup    |
        | sourceNamespace | production       |
        | repository      | kopia-repository |
      Then its volume holds exactly the data of source "webapp-backup" in namespace "production"

  Rule: The identity of a restore is the one that the source itself uses

    @SI_4
    Scenario: Sources with both custom names, one, or none are restored by their names
      Given these sources:
        | name    | namespace  | username   | hostname   |
        | both    | production | Web.Team_7 | Web.Site_A |
        | user    | production | Web.Team_7 |            |
        | host    | production |            | Web.Site_B |
        | neither | production |            |            |
      And every source is backed up
      When every source is restored from namespace "restore-lab" by sourceIdentity
      Then every restore holds exactly the data of its source

  Rule: A restore uses the identity that the source has now

    Background:
      Given a source "orders" in namespace "production" with:
        | field    | value      |
        | username | Web.Team_7 |
        | hostname | Web.Site_A |
      And every source is backed up
      And every source is restored from namespace "restore-lab" by sourceIdentity

    @SI_4
    Scenario: A source gets another custom identity between two restores by its name
      Given the source "orders" in namespace "production" is changed to have:
        | field    | value      |
        | username | Web.Team_8 |
        | hostname | Web.Site_B |
      And every source is backed up
      When every source is restored from namespace "restore-lab" by sourceIdentity
      Then every restore holds exactly the data of its source

  Rule: The name of a PVC is no part of the identity

    @SI_2 @literal-namespaces
    Scenario: The hostname of a restore is the namespace of the source, whatever its PVC is called
      Given a source "webapp-backup" in namespace "production" with:
        | field     | value                        |
        | sourcePVC | webapp-pvc-of-any-other-name |
      When the destination "restore-data" in namespace "restore-lab" is reconciled without running its mover, with:
        | field           | value         |
        | sourceName      | webapp-backup |
        | sourceNamespace | production    |
      Then its Job has hostname "production"

    @SI_3
    Scenario Outline: The documented sourcePVCName changes nothing where the PVC is <pvc>
      Given a source "webapp-backup" in namespace "production" with:
        | field     | value |
        | sourcePVC | <pvc> |
      And every source is backed up
      And the documented manifest "restore-3-source-and-pvc" in namespace "restore-lab"
      When the documented destination restores
      Then its volume holds exactly the data of source "webapp-backup" in namespace "production"

      Examples:
        | pvc            |
        | webapp-data    |
        | somebody-elses |

  Rule: The name of a source that does not exist never restores the data of another source

    @SI_7
    Scenario: A restore by the name of a source that does not exist fails, and leaves the volume as it was
      Given these sources:
        | name   | namespace |
        | orders | shop      |
        | order  | office    |
      And every source is backed up
      And the volume of the destination "order" in namespace "office" holds the files:
        | report.txt |
      When the destination "order" in namespace "office" restores with:
        | field           | value |
        | sourceName      | order |
        | sourceNamespace | shop  |
      Then the restore fails
      And its volume is left as it was

  Rule: A sourceIdentity also yields the path of the source

    @RP_8
    Scenario: A source with a sourcePathOverride is restored by its name
      Given a source "orders" in namespace "shop" with:
        | field              | value                       |
        | sourcePathOverride | /var/lib/orders of the shop |
      And every source is backed up
      When the destination "restore-data" in namespace "restore-lab" restores with:
        | field           | value  |
        | sourceName      | orders |
        | sourceNamespace | shop   |
      Then its volume holds exactly the data of source "orders" in namespace "shop"

    @RP_8
    Scenario: Newer snapshots of other paths are not restored
      Given a source "orders" in namespace "shop" with:
        | field              | value                |
        | username           | order-desk           |
        | hostname           | site-a               |
        | sourcePathOverride | /var/lib/orders of 1 |
      And the source "orders" in namespace "shop" was backed up at:
        | 2024-01-20T10:00:00Z |
      And the kopia user "order-desk" of host "site-a" has a snapshot of "/var/lib/orders of 1/old" from "2024-01-20T11:00:00Z" to "2024-01-20T11:00:00Z"
      And the kopia user "order-desk" of host "site-a" has a snapshot of "/data" from "2024-01-20T12:00:00Z" to "2024-01-20T12:00:00Z"
      When the destination "restore-data" in namespace "restore-lab" restores with:
        | field           | value  |
        | sourceName      | orders |
        | sourceNamespace | shop   |
      Then its volume holds exactly the backup of "2024-01-20T10:00:00Z"

  Rule: The document promises that the traditional approach names what the source uses

    @SI_5 @object-name @object-name-namespace @literal-namespaces
    Scenario: A source has the name, namespace and PVC of the traditional approach
      Given a source "webapp-backup" in namespace "production" with:
        | field     | value      |
        | sourcePVC | webapp-pvc |
      When the source "webapp-backup" in namespace "production" is backed up
      Then record whether it is recorded under username "webapp-backup-production" and hostname "production-webapp-pvc"

  Rule: The document promises that sourceIdentity helps where the rules for identities have changed

    @SI_6 @literal-namespaces
    Scenario: A destination names a source whose backup was made under an older rule
      Given a source "webapp-backup" in namespace "production"
      And the kopia user "webapp-backup-production" of host "production-webapp-pvc" has a snapshot from "2024-01-20T10:00:00Z"
      When the destination "restore-data" in namespace "production" restores with:
        | field      | value         |
        | sourceName | webapp-backup |
      Then record whether the restore succeeds

    @SI_6 @RD_4
    Scenario: A backup made under an older rule is restored by its identity
      Given the kopia user "webapp-backup-production" of host "production-webapp-pvc" has a snapshot from "2024-01-20T10:00:00Z"
      And the documented manifest "restore-1-identity" in namespace "production"
      When the documented destination restores
      Then its volume holds what that user backed up

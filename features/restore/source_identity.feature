Feature: Restore by the name of a source
  A destination names a source, and gets the identity of that source without spelling it out.

  Rule: The name and namespace of a source are enough

    @SI_1
    Scenario: A source is restored from another namespace by its name alone
      Given these sources:
        | name          | namespace   |
        | webapp-backup | production  |
        | webapp-backup | restore-lab |
      And every source is backed up
      And the documented manifest "restore-2-source" in namespace "restore-lab"
      When the documented destination restores
      Then its volume holds exactly the data of source "webapp-backup" in namespace "production"

    @SI_1
    Scenario: The repository is that of the source where the destination names none
      Given these repositories:
        | secret            | repository         |
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

    # The Secret that the source names is in the namespace of the destination, too, and opens a repository without it.
    @SI_1
    Scenario: The repository is that of the destination where it names one
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

  Rule: The identity is the one that the source itself uses

    @SI_4
    Scenario: Custom names of a source are found, both of them or one
      Given these sources:
        | name    | namespace  | username   | hostname   |
        | both    | production | Web.Team_7 | Web.Site_A |
        | user    | production | Web.Team_7 |            |
        | host    | production |            | Web.Site_B |
        | neither | production |            |            |
      And every source is backed up
      When every source is restored from namespace "restore-lab" by sourceIdentity
      Then every restore holds exactly the data of its source

  Rule: The name of a PVC does not matter

    @SI_2
    Scenario: The PVC of the source does not enter what is asked for
      Given a source "webapp-backup" in namespace "production" with:
        | field     | value                        |
        | sourcePVC | webapp-pvc-of-any-other-name |
      When the destination "restore-data" in namespace "restore-lab" asks with:
        | field           | value         |
        | sourceName      | webapp-backup |
        | sourceNamespace | production    |
      Then it asks for hostname "production"

    @SI_3
    Scenario: The documented destination with the name of a PVC asks for the source
      Given a source "webapp-backup" in namespace "production" with:
        | field     | value      |
        | sourcePVC | other-data |
      And every source is backed up
      And the documented manifest "restore-3-source-and-pvc" in namespace "restore-lab"
      When the documented destination restores
      Then its volume holds exactly the data of source "webapp-backup" in namespace "production"

    @SI_3
    Scenario Outline: An explicit PVC name, <which>, changes nothing
      Given a source "webapp-backup" in namespace "production" with:
        | field     | value       |
        | sourcePVC | webapp-data |
      And every source is backed up
      When the destination "restore-data" in namespace "restore-lab" restores with:
        | field           | value         |
        | sourceName      | webapp-backup |
        | sourceNamespace | production    |
        | sourcePVCName   | <pvc>         |
      Then its volume holds exactly the data of source "webapp-backup" in namespace "production"

      Examples:
        | which | pvc            |
        | right | webapp-data    |
        | wrong | somebody-elses |

  Rule: A source that does not exist is never somebody else

    @SI_7
    Scenario: A restore by the name of a source that is gone yields nothing
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

  Rule: The traditional approach is said to name what the source uses

    @SI_5 @object-name @object-name-namespace
    Scenario: The identity that the traditional approach names
      Given a source "webapp-backup" in namespace "production" with:
        | field     | value      |
        | sourcePVC | webapp-pvc |
      When the source "webapp-backup" in namespace "production" is backed up
      Then it is a finding whether it is recorded under username "webapp-backup-production" and hostname "production-webapp-pvc"

  Rule: It is said to help where the rules for identities have changed

    @SI_6
    Scenario: History under an older rule, asked for by the name of the source
      Given a source "webapp-backup" in namespace "production"
      And the kopia user "webapp-backup-production" of host "production-webapp-pvc" has a snapshot from "2024-01-20T10:00:00Z"
      When the destination "restore-data" in namespace "production" restores with:
        | field      | value         |
        | sourceName | webapp-backup |
      Then it is a finding whether the restore succeeds

    @SI_6 @RD_4
    Scenario: History under an older rule, asked for by its identity
      Given the kopia user "webapp-backup-production" of host "production-webapp-pvc" has a snapshot from "2024-01-20T10:00:00Z"
      And the documented manifest "restore-1-identity" in namespace "production"
      When the documented destination restores
      Then its volume holds what that user backed up

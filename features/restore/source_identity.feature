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
      When the destination "restore-data" in namespace "restore-lab" restores with:
        | field           | value         |
        | sourceName      | webapp-backup |
        | sourceNamespace | production    |
      Then its volume holds exactly the data of source "webapp-backup" in namespace "production"

    @SI_1
    Scenario: The repository is that of the source where the destination names none
      Given a source "webapp-backup" in namespace "production" with:
        | field      | value             |
        | repository | the-team-s-bucket |
      And every source is backed up
      When the destination "restore-data" in namespace "restore-lab" restores with:
        | field           | value         |
        | sourceName      | webapp-backup |
        | sourceNamespace | production    |
      Then its volume holds exactly the data of source "webapp-backup" in namespace "production"

  Rule: The identity is the one that the source itself uses

    @SI_4
    Scenario: Custom names of a source are found, both of them or one
      Given these sources:
        | name    | namespace  | username | hostname   |
        | both    | production | web-team | web.site-a |
        | user    | production | web-team |            |
        | host    | production |          | web.site-b |
        | neither | production |          |            |
      And every source is backed up
      When every source is restored from namespace "restore-lab" by sourceIdentity
      Then every restore holds exactly the data of its source

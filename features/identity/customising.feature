Feature: Custom identities
  An organisation may name its clients by environment, by department, by function, or by the
  e-mail address of whoever owns them.

  Rule: Environments and departments keep apart in one repository

    @CU_E1 @CU_E2
    Scenario: Environments and departments share a repository, and each gets its own data back
      Given the documented manifest "custom-1-environments"
      And the documented manifest "custom-2-departments"
      And every source is backed up
      When every source is restored from namespace "restore-lab" by sourceIdentity
      Then the backups are recorded under:
        | name          | namespace  | username       | hostname                  |
        | webapp-backup | production | webapp-prod    | webapp.production.cluster |
        | webapp-backup | staging    | webapp-staging | webapp.staging.cluster    |
        | accounting-db | finance    | finance-dept   | accounting-primary        |
        | employee-db   | hr         | hr-dept        | hr-primary                |
      And every restore holds exactly the data of its source

  Rule: The documented naming strategies are recorded as they are

    @NS_E
    Scenario: Names by environment, by department and by function stand side by side
      Given these sources:
        | name   | namespace | username         | hostname           |
        | webapp | web       | webapp-prod      | web01.production   |
        | ledger | finance   | finance-database | accounting-primary |
        | agent  | backup    | backup-agent     | web-tier-01        |
      When every source is backed up
      Then the backups are recorded under:
        | name   | namespace | username         | hostname           |
        | webapp | web       | webapp-prod      | web01.production   |
        | ledger | finance   | finance-database | accounting-primary |
        | agent  | backup    | backup-agent     | web-tier-01        |
      And the backups have 3 different identities

  Rule: An e-mail address is a username like any other to a mover

    @CU_1
    Scenario: What a mover backs up under an e-mail address, it restores
      Given a source "mailbox" in namespace "office"
      And the mover has backed up the source "mailbox" in namespace "office" as username "user@company.com" and hostname "office"
      When the mover restores it as username "user@company.com" and hostname "office"
      Then it is recorded under username "user@company.com" and hostname "office"
      And its volume holds exactly the data of source "mailbox" in namespace "office"

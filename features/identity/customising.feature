Feature: Custom identities
  An organisation may name its clients by environment, by department, by function, or by the
  e-mail address of whoever owns them.

  Rule: Environments and departments keep apart in one repository

    @CU_E1
    Scenario: Production and staging are recorded under the documented identities
      Given the documented manifest "custom-1-environments"
      When every source is backed up
      Then the backups are recorded under:
        | name          | namespace  | username       | hostname                  |
        | webapp-backup | production | webapp-prod    | webapp.production.cluster |
        | webapp-backup | staging    | webapp-staging | webapp.staging.cluster    |

    @CU_E2
    Scenario: Two departments are recorded under the documented identities
      Given the documented manifest "custom-2-departments"
      When every source is backed up
      Then the backups are recorded under:
        | name          | namespace | username     | hostname           |
        | accounting-db | finance   | finance-dept | accounting-primary |
        | employee-db   | hr        | hr-dept      | hr-primary         |

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

  Rule: The documented names of tenants and hosts are kept

    @CU_2
    Scenario: Tenants and hosts by the documented names
      Given these sources:
        | name    | namespace | username     | hostname               |
        | alone   | team      | tenant-a     | web01.prod.company.com |
        | primary | team      | dept-finance | primary-db             |
        | replica | team      |              | backup-replica         |
        | cache   | team      |              | cache-layer            |
        | app     | prod      |              | app.production         |
        | app     | stage     |              | app.staging            |
        | app     | dev       |              | app.development        |
      When every source is backed up
      Then the backups are recorded under:
        | name    | namespace | hostname               |
        | alone   | team      | web01.prod.company.com |
        | primary | team      | primary-db             |
        | replica | team      | backup-replica         |
        | cache   | team      | cache-layer            |
        | app     | prod      | app.production         |
        | app     | stage     | app.staging            |
        | app     | dev       | app.development        |
      And the backups are recorded under:
        | name    | namespace | username     |
        | alone   | team      | tenant-a     |
        | primary | team      | dept-finance |

  Rule: A custom identity continues what a kopia user began

    @CU_3
    Scenario: A source joins the history of an existing user
      Given a source "ledger" in namespace "finance"
      And the kopia user "legacy" of host "db01.company" has a snapshot from "2024-01-20T10:00:00Z"
      And the mover has backed up the source "ledger" in namespace "finance" as username "legacy" and hostname "db01.company"
      When the mover restores it as username "legacy" and hostname "db01.company" with:
        | field    | value |
        | previous | 1     |
      Then the repository holds 2 snapshots, all of username "legacy" and hostname "db01.company"
      And its volume holds what that user backed up

  Rule: An @ in a hostname is a character like any other to a mover

    @CU_4
    Scenario: What a mover backs up under a hostname with an @, it restores
      Given a source "mailbox" in namespace "office"
      And the mover has backed up the source "mailbox" in namespace "office" as username "user" and hostname "site@company.com"
      When the mover restores it as username "user" and hostname "site@company.com"
      Then it is recorded under username "user" and hostname "site@company.com"
      And its volume holds exactly the data of source "mailbox" in namespace "office"

  Rule: An e-mail address is a username like any other to a mover

    @CU_1
    Scenario Outline: What a mover backs up under the e-mail address <username>, it restores
      Given a source "mailbox" in namespace "office"
      And the mover has backed up the source "mailbox" in namespace "office" as username "<username>" and hostname "office"
      When the mover restores it as username "<username>" and hostname "office"
      Then it is recorded under username "<username>" and hostname "office"
      And its volume holds exactly the data of source "mailbox" in namespace "office"

      Examples:
        | username                  |
        | user@company.com          |
        | o'brien+tapes@company.com |

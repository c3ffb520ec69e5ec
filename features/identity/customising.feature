Feature: Custom usernames and hostnames may follow the naming of an organisation
  The username and hostname of a ReplicationSource (below: source) may come from its environment, its department, its
  function, or the e-mail address of its owner.

  Rule: Environments and departments have identities of their own in one repository

    @CU_E1
    Scenario: The two documented environments are recorded under their custom names
      Given the documented manifest "custom-1-environments"
      When every source is backed up
      Then the backups are recorded under:
        | name          | namespace  | username       | hostname                  |
        | webapp-backup | production | webapp-prod    | webapp.production.cluster |
        | webapp-backup | staging    | webapp-staging | webapp.staging.cluster    |

    @CU_E2
    Scenario: The two documented departments are recorded under their custom names
      Given the documented manifest "custom-2-departments"
      When every source is backed up
      Then the backups are recorded under:
        | name          | namespace | username     | hostname           |
        | accounting-db | finance   | finance-dept | accounting-primary |
        | employee-db   | hr        | hr-dept      | hr-primary         |

  Rule: Names of the documented naming strategies are recorded as they are

    @NS_E
    Scenario: Sources named by environment, by department and by function are recorded under their custom names
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

  Rule: The documented names of tenants and hosts are recorded as they are

    @CU_2 @long
    Scenario: Sources with the documented names of tenants and hosts are recorded under them
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

  Rule: A source with the identity of a kopia user continues the history of that user

    @CU_3
    Scenario: A mover adds to the history of an existing user, and restores from it
      Given a source "ledger" in namespace "finance"
      And the kopia user "legacy" of host "db01.company" has a snapshot from "2024-01-20T10:00:00Z"
      And the mover has backed up the source "ledger" in namespace "finance" as username "legacy" and hostname "db01.company"
      # previous: 1 asks for the snapshot before the newest, here that of the kopia user.
      When the mover restores it as username "legacy" and hostname "db01.company" with:
        | field    | value |
        | previous | 1     |
      Then the repository holds 2 snapshots, all of username "legacy" and hostname "db01.company"
      And its volume holds what that user backed up

  Rule: A mover takes an e-mail address as username, and an @ in a hostname

    Scenario Outline: A mover backs up and restores as username <username> and hostname <hostname>
      Given a source "mailbox" in namespace "office"
      And the mover has backed up the source "mailbox" in namespace "office" as username "<username>" and hostname "<hostname>"
      When the mover restores it as username "<username>" and hostname "<hostname>"
      Then it is recorded under username "<username>" and hostname "<hostname>"
      And its volume holds exactly the data of source "mailbox" in namespace "office"

      @CU_1
      Examples: e-mail addresses as usernames
        | username                  | hostname |
        | user@company.com          | site-a   |
        | o'brien+tapes@company.com | site-a   |

      @CU_4
      Examples: an @ in a hostname
        | username | hostname         |
        | user     | site@company.com |

Feature: The API validates custom usernames and hostnames
  The document contradicts itself on custom names.  In one variant (tag @validated), the API refuses a
  ReplicationSource (below: source) or a ReplicationDestination (below: destination) whose username or hostname does
  not match this pattern:
  ^[a-zA-Z0-9][a-zA-Z0-9._-]*[a-zA-Z0-9]$|^[a-zA-Z0-9]$

  Rule: A custom name that matches the pattern is accepted

    @VA_V @validated
    Scenario Outline: The <field> "<name>" of a source is accepted
      When a source with the <field> "<name>" is applied
      Then the API accepts it

      Examples: the documented valid names
        | field    | name              |
        | username | user1             |
        | username | backup-user       |
        | username | tenant.backup_job |
        | username | a                 |
        | hostname | user1             |
        | hostname | backup-user       |
        | hostname | tenant.backup_job |
        | hostname | a                 |

      Examples: others that match the pattern
        | field    | name        |
        | username | Q7          |
        | username | 7_.-x--_..Z |
        | hostname | 7q          |
        | hostname | A..b--c__9  |

    @VA_V @validated
    Scenario Outline: The <field> "<name>" of a destination is accepted
      When a destination with the <field> "<name>" and the <other> "fine" is applied
      Then the API accepts it

      Examples:
        | field    | name              | other    |
        | username | tenant.backup_job | hostname |
        | username | a                 | hostname |
        | hostname | tenant.backup_job | username |
        | hostname | a                 | username |

  Rule: A custom name that does not match the pattern is refused

    @validated
    Scenario Outline: The <field> "<name>" of a source is refused
      When a source with the <field> "<name>" is applied
      Then the API refuses it because of its "<field>"

      @VA_I
      Examples: the documented invalid names (an empty cell is the empty string)
        | field    | name          |
        | username | -backup-user  |
        | username | backup-user-  |
        | username | .backup.user. |
        | username | backup user   |
        | username |               |
        | hostname | -backup-user  |
        | hostname | backup-user-  |
        | hostname | .backup.user. |
        | hostname | backup user   |
        | hostname |               |

      @VA_1
      Examples: others that do not match the pattern
        | field    | name       |
        | username | user@host  |
        | username | user/host  |
        | username | _user      |
        | username | user.      |
        | username | .          |
        | username | größe      |
        | hostname | web01:8080 |
        | hostname | web01_     |
        | hostname | web 01     |

    @validated
    Scenario Outline: The <field> "<name>" of a destination is refused
      When a destination with the <field> "<name>" and the <other> "fine" is applied
      Then the API refuses it because of its "<field>"

      @VA_I
      Examples: the documented invalid names (an empty cell is the empty string)
        | field    | name          | other    |
        | username | -backup-user  | hostname |
        | username | backup user   | hostname |
        | username |               | hostname |
        | hostname | backup-user-  | username |
        | hostname | .backup.user. | username |
        | hostname |               | username |

      @VA_1
      Examples: others that do not match the pattern
        | field    | name       | other    |
        | username | user@host  | hostname |
        | hostname | web01:8080 | username |

    @VA_1 @validated
    Scenario: The documented source with an e-mail address as username is refused
      Given the documented manifest "username-1-custom"
      When the documented source is applied
      Then the API refuses it because of its "username"

  Rule: The document promises that its own custom names satisfy the pattern

    @VA_2 @validated
    Scenario: The API is asked to take every custom name of the document
      When sources with these custom names are applied:
        | field    | name                           |
        | username | backup-user@company.com        |
        | username | user@company.com               |
        | username | tenant-a                       |
        | username | dept-finance                   |
        | username | custom-user                    |
        | username | webapp-prod                    |
        | username | webapp-staging                 |
        | username | finance-dept                   |
        | username | hr-dept                        |
        | username | finance-database               |
        | username | backup-agent                   |
        | username | webapp-backup-production       |
        | hostname | custom-host                    |
        | hostname | mysql-primary.production.local |
        | hostname | web01.prod.company.com         |
        | hostname | primary-db                     |
        | hostname | backup-replica                 |
        | hostname | cache-layer                    |
        | hostname | app.production                 |
        | hostname | app.staging                    |
        | hostname | app.development                |
        | hostname | webapp.production.cluster      |
        | hostname | webapp.staging.cluster         |
        | hostname | accounting-primary             |
        | hostname | hr-primary                     |
        | hostname | web01.production               |
        | hostname | web-tier-01                    |
        | hostname | production-webapp-pvc          |
      Then record whether the API accepts each of them

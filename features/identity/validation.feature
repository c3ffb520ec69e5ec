Feature: Validation of custom names
  One half of the document has the API refuse custom names that do not begin and end with a letter
  or a digit, or that hold anything but letters, digits, dots, underscores and hyphens.

  Rule: The documented valid names, and others that match the pattern, are accepted

    @VA_V @validated
    Scenario Outline: The <field> "<name>" is accepted
      When a source with the <field> "<name>" is applied
      Then the API accepts it

      Examples:
        | field    | name              |
        | username | user1             |
        | username | backup-user       |
        | username | tenant.backup_job |
        | username | a                 |
        | hostname | user1             |
        | hostname | backup-user       |
        | hostname | tenant.backup_job |
        | hostname | a                 |

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

    @VA_V @validated
    Scenario Outline: The <field> "<name>" matches the pattern
      When a source with the <field> "<name>" is applied
      Then the API accepts it

      Examples:
        | field    | name        |
        | username | Q7          |
        | username | 7_.-x--_..Z |
        | hostname | 7q          |
        | hostname | A..b--c__9  |

  Rule: The documented invalid names are refused

    @VA_I @validated
    Scenario Outline: The <field> "<name>" is refused
      When a source with the <field> "<name>" is applied
      Then the API refuses it because of its "<field>"

      Examples:
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

    @VA_I @validated
    Scenario Outline: The <field> "<name>" of a destination is refused
      When a destination with the <field> "<name>" and the <other> "fine" is applied
      Then the API refuses it because of its "<field>"

      Examples:
        | field    | name          | other    |
        | username | -backup-user  | hostname |
        | username | backup user   | hostname |
        | username |               | hostname |
        | hostname | backup-user-  | username |
        | hostname | .backup.user. | username |
        | hostname |               | username |

  Rule: Whatever does not match the pattern is refused

    @VA_1 @validated
    Scenario Outline: The <field> "<name>" does not match the pattern
      When a source with the <field> "<name>" is applied
      Then the API refuses it because of its "<field>"

      Examples:
        | field    | name        |
        | username | user@host   |
        | username | user/host   |
        | username | _user       |
        | username | user.       |
        | username | .           |
        | username | größe       |
        | hostname | web01:8080  |
        | hostname | web01_      |
        | hostname | web 01      |

    @VA_1 @validated
    Scenario Outline: The <field> "<name>" of a destination does not match the pattern
      When a destination with the <field> "<name>" and the <other> "fine" is applied
      Then the API refuses it because of its "<field>"

      Examples:
        | field    | name       | other    |
        | username | user@host  | hostname |
        | hostname | web01:8080 | username |

    @VA_1 @validated
    Scenario: The documented e-mail address is refused where custom names are validated
      Given the documented manifest "username-1-custom"
      When the documented source is applied
      Then the API refuses it because of its "username"

  Rule: Every documented custom name is said to satisfy the pattern

    @VA_2 @validated
    Scenario: The custom names of the document
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
      Then it is a finding whether the API accepts each of them

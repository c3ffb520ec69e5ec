Feature: Sanitising of generated names
  What kopia or a policy could stumble over is taken out of names that are generated.
  Kubernetes refuses most of these names; they are shown to the rule alone, by a
  destination that asks for a source of that name.

  Rule: Generated usernames keep letters, digits, hyphens and underscores

    @SU_E @object-name
    Scenario: A name that needs no change is recorded as it is
      Given a source "app-backup" in namespace "shop"
      When the source "app-backup" in namespace "shop" is backed up
      Then it is recorded under username "app-backup"

    # The namespace is so long that no side adds it to the username.
    @SU_E
    Scenario Outline: The name <name> becomes the username <username>
      When a destination asks for the source "<name>" of namespace "a-namespace-that-is-too-long-to-enter-any-username"
      Then it asks for username "<username>"

      Examples:
        | name            | username        |
        | app-backup      | app-backup      |
        | app_backup_job  | app_backup_job  |
        | app@service.com | appservicecom   |
        | -special-chars- | special-chars   |
        | @#$%            | volsync-default |

    @SU_1
    Scenario Outline: The steps of the rule in their order: <name> becomes <username>
      When a destination asks for the source "<name>" of namespace "a-namespace-that-is-too-long-to-enter-any-username"
      Then it asks for username "<username>"

      Examples:
        | name             | username        |
        | 7.Order__Desk--9 | 7Order__Desk--9 |
        | .-orders-.       | orders          |
        | -.-_a_-.-        | a               |
        | größe. 1         | gre1            |
        | _._              | volsync-default |

  Rule: Generated hostnames keep letters, digits, dots and hyphens

    @SH_E
    Scenario: A namespace that needs no change is recorded as it is
      Given a source "app-backup" in namespace "app-storage-pvc"
      When the source "app-backup" in namespace "app-storage-pvc" is backed up
      Then it is recorded under hostname "app-storage-pvc"

    @SH_E
    Scenario Outline: The namespace <namespace> becomes the hostname <hostname>
      When a destination asks for the source "app-backup" of namespace "<namespace>"
      Then it asks for hostname "<hostname>"

      Examples:
        | namespace          | hostname           |
        | app-storage-pvc    | app-storage-pvc    |
        | app_storage_pvc    | app-storage-pvc    |
        | mysql.primary.host | mysql.primary.host |
        | host@domain.com    | hostdomain.com     |
        | --.invalid.--      | invalid            |
        | ___                | volsync-default    |

    @SH_1
    Scenario Outline: The steps of the rule in their order: <namespace> becomes <hostname>
      When a destination asks for the source "orders" of namespace "<namespace>"
      Then it asks for hostname "<hostname>"

      Examples:
        | namespace        | hostname         |
        | 7_Shop__Floor..9 | 7-Shop--Floor..9 |
        | _orders_         | orders           |
        | @-.a.-@          | a                |
        | größe: b,c       | grebc            |
        | _._              | volsync-default  |

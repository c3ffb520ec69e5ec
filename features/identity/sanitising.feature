Feature: Generated usernames and hostnames are sanitised
  A name that is generated for a ReplicationSource (below: source) keeps a documented set of characters; the others
  are removed, but in a hostname _ becomes -.  Then separators at both ends are removed.  A name of which nothing is
  left becomes volsync-default.  Kubernetes refuses most of the names below: the rule is shown by the Job of a
  ReplicationDestination (below: destination) that names such a source in its sourceIdentity.

  Rule: A generated username keeps letters, digits, hyphens and underscores, but neither of the last two at its ends

    @SU_E @object-name
    Scenario: A source whose name needs no change is recorded under its name
      Given a source "app-backup" in namespace "shop"
      When the source "app-backup" in namespace "shop" is backed up
      Then it is recorded under username "app-backup"

    # Name and namespace have more than 50 characters: in both documented variants the default username is the name.
    @UN_4
    Scenario: The dots of a legal name are removed
      Given a source "orders.of.the-shop" in namespace "a-namespace-that-is-too-long-to-enter-any-username"
      When the source "orders.of.the-shop" in namespace "a-namespace-that-is-too-long-to-enter-any-username" is backed up
      Then it is recorded under username "ordersofthe-shop"

    @UN_E4 @object-name-namespace @literal-namespaces
    Scenario: Characters that a username cannot hold are removed from name and namespace
      When a destination that names the source "app@service.backup" in namespace "dev-test" is reconciled without running its mover
      Then its Job has username "appservicebackup-dev-test"

    Scenario Outline: The source name <name> becomes the username <username>
      When a destination that names the source "<name>" in namespace "a-namespace-that-is-too-long-to-enter-any-username" is reconciled without running its mover
      Then its Job has username "<username>"

      @SU_E
      Examples: the documented names
        | name            | username        |
        | app-backup      | app-backup      |
        | app_backup_job  | app_backup_job  |
        | app@service.com | appservicecom   |
        | -special-chars- | special-chars   |
        | @#$%            | volsync-default |

      @SU_1
      Examples: other characters are removed first, then hyphens and underscores at both ends
        | name             | username        |
        | 7.Order__Desk--9 | 7Order__Desk--9 |
        | .-orders-.       | orders          |
        | -.-_a_-.-        | a               |
        | größe. 1         | gre1            |
        | _._              | volsync-default |

      @UN_5
      Examples: names of which nothing is left
        | name | username        |
        | ...  | volsync-default |
        | -_-  | volsync-default |
        | @    | volsync-default |

  Rule: In a generated hostname _ becomes -; it keeps letters, digits, dots and hyphens, but neither at its ends

    @SH_E @literal-namespaces
    Scenario: A source whose namespace needs no change is recorded under its namespace
      Given a source "app-backup" in namespace "app-storage-pvc"
      When the source "app-backup" in namespace "app-storage-pvc" is backed up
      Then it is recorded under hostname "app-storage-pvc"

    @literal-namespaces
    Scenario Outline: The namespace <namespace> becomes the hostname <hostname>
      When a destination that names the source "app-backup" in namespace "<namespace>" is reconciled without running its mover
      Then its Job has hostname "<hostname>"

      @SH_E
      Examples: the documented namespaces
        | namespace          | hostname           |
        | app-storage-pvc    | app-storage-pvc    |
        | app_storage_pvc    | app-storage-pvc    |
        | mysql.primary.host | mysql.primary.host |
        | host@domain.com    | hostdomain.com     |
        | --.invalid.--      | invalid            |
        | ___                | volsync-default    |

      @SH_1
      Examples: _ becomes - first, then other characters are removed, then dots and hyphens at both ends
        | namespace        | hostname         |
        | 7_Shop__Floor..9 | 7-Shop--Floor..9 |
        | _orders_         | orders           |
        | @-.a.-@          | a                |
        | größe: b,c       | grebc            |
        | _._              | volsync-default  |

      @HN_4
      Examples: characters that a hostname cannot hold
        | namespace         | hostname        |
        | shop_floor@site:b | shop-floorsiteb |

      @HN_3
      Examples: namespaces of which nothing is left
        | namespace | hostname        |
        | ._.       | volsync-default |
        | @         | volsync-default |

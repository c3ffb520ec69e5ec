Feature: Generated usernames and hostnames are sanitised
  Characters that kopia or a policy cannot take are removed from names that are generated for a
  ReplicationSource (below: source).  Kubernetes refuses most of the names below: the rule is shown by the
  Job of a ReplicationDestination (below: destination) that names such a source.

  Rule: A generated username keeps letters, digits, hyphens and underscores

    @SU_E @object-name
    Scenario: A source whose name needs no change is recorded under its name
      Given a source "app-backup" in namespace "shop"
      When the source "app-backup" in namespace "shop" is backed up
      Then it is recorded under username "app-backup"

    # The namespace is so long that no variant adds it to the username.
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
      Examples: the steps of the rule in their order
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

  Rule: A generated hostname keeps letters, digits, dots and hyphens

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
      Examples: the steps of the rule in their order
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

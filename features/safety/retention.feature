Feature: Retention deletes what it was asked to delete, and nothing else
  Tenants share a repository. What the retain of one ReplicationSource (below: source) keeps is kept, and no other history changes.

  Rule: A source without retain keeps what kopia keeps by default

    @LO_30
    Scenario: A source without retention has nine old backups
      Given a source "orders" in namespace "shop" with:
        | field    | value  |
        | username | orders |
        | hostname | till-7 |
      And each source of namespace "shop", by its custom identity, was backed up at:
        | 2021-06-10T10:05:00Z |
        | 2021-06-10T10:06:00Z |
        | 2021-06-10T10:07:00Z |
        | 2023-03-08T10:05:00Z |
        | 2023-03-08T10:06:00Z |
        | 2023-03-08T10:07:00Z |
        | 2024-01-20T10:05:00Z |
        | 2024-01-20T10:06:00Z |
        | 2024-01-20T10:07:00Z |
      When the source "orders" in namespace "shop" is backed up
      Then the source "orders" in namespace "shop" still has its backups of:
        | 2021-06-10T10:05:00Z |
        | 2021-06-10T10:06:00Z |
        | 2021-06-10T10:07:00Z |
        | 2023-03-08T10:05:00Z |
        | 2023-03-08T10:06:00Z |
        | 2023-03-08T10:07:00Z |
        | 2024-01-20T10:05:00Z |
        | 2024-01-20T10:06:00Z |
        | 2024-01-20T10:07:00Z |

  Rule: A key of retain keeps at least the number of snapshots that it names

    @LO_31
    Scenario: A source keeps more of its latest snapshots than kopia does by default
      Given a source "orders" in namespace "shop" with:
        | field         | value  |
        | username      | orders |
        | hostname      | till-7 |
        | retain.latest | 11     |
      And each source of namespace "shop", by its custom identity, was backed up at:
        | 2021-06-10T10:05:00Z |
        | 2021-06-10T10:06:00Z |
        | 2021-06-10T10:07:00Z |
        | 2023-03-08T10:05:00Z |
        | 2023-03-08T10:06:00Z |
        | 2023-03-08T10:07:00Z |
        | 2024-01-20T10:05:00Z |
        | 2024-01-20T10:06:00Z |
        | 2024-01-20T10:07:00Z |
        | 2024-01-20T10:08:00Z |
      When the source "orders" in namespace "shop" is backed up
      Then the source "orders" in namespace "shop" still has its backups of:
        | 2021-06-10T10:05:00Z |
        | 2021-06-10T10:06:00Z |
        | 2021-06-10T10:07:00Z |
        | 2023-03-08T10:05:00Z |
        | 2023-03-08T10:06:00Z |
        | 2023-03-08T10:07:00Z |
        | 2024-01-20T10:05:00Z |
        | 2024-01-20T10:06:00Z |
        | 2024-01-20T10:07:00Z |
        | 2024-01-20T10:08:00Z |

    @LO_36 @long
    Scenario: Five sources keep the snapshots of one kind of period each
      Given these sources:
        | name    | namespace | username | hostname | retain.latest | retain.hourly | retain.daily | retain.weekly | retain.monthly | retain.yearly |
        | hourly  | shop      | hourly   | till-7   | 1             | 1000000       | 1            | 1             | 1              | 1             |
        | daily   | shop      | daily    | till-7   | 1             | 1             | 1000000      | 1             | 1              | 1             |
        | weekly  | shop      | weekly   | till-7   | 1             | 1             | 1            | 1000000       | 1              | 1             |
        | monthly | shop      | monthly  | till-7   | 1             | 1             | 1            | 1             | 1000000        | 1             |
        | yearly  | shop      | yearly   | till-7   | 1             | 1             | 1            | 1             | 1              | 1000000       |
      And each source of namespace "shop", by its custom identity, was backed up at:
        | 2019-06-12T12:15:00Z |
        | 2021-03-10T12:15:00Z |
        | 2021-06-02T12:15:00Z |
        | 2021-06-09T12:15:00Z |
        | 2021-06-10T12:15:00Z |
        | 2021-06-10T14:15:00Z |
      When every source is backed up
      Then each source of namespace "shop" still has the backups that are marked for it:
        | instant              | hourly | daily | weekly | monthly | yearly |
        | 2019-06-12T12:15:00Z | kept   | kept  | kept   | kept    | kept   |
        | 2021-03-10T12:15:00Z | kept   | kept  | kept   | kept    |        |
        | 2021-06-02T12:15:00Z | kept   | kept  | kept   |         |        |
        | 2021-06-09T12:15:00Z | kept   | kept  |        |         |        |
        | 2021-06-10T12:15:00Z | kept   |       |        |         |        |
        | 2021-06-10T14:15:00Z | kept   | kept  | kept   | kept    | kept   |

  Rule: A negative number in retain deletes nothing

    @LO_32
    Scenario: The mover is given a negative number of snapshots to keep
      Given a source "orders" in namespace "shop"
      And the mover has backed up the source "orders" in namespace "shop" as username "orders" and hostname "till-7"
      And the retention of the source "orders" in namespace "shop" is changed to:
        | field          | value |
        | retain.latest  | -1    |
        | retain.hourly  | -1    |
        | retain.daily   | -1    |
        | retain.weekly  | -1    |
        | retain.monthly | -1    |
        | retain.yearly  | -1    |
      When the mover backs up the source "orders" in namespace "shop" as username "orders" and hostname "till-7"
      Then the snapshot of every backup that succeeded is kept

    @LO_33
    Scenario: A source asks for a negative number of snapshots
      Given a source "orders" in namespace "shop"
      And every source is backed up
      And the retention of the source "orders" in namespace "shop" is changed to:
        | field          | value |
        | retain.latest  | -1    |
        | retain.hourly  | -1    |
        | retain.daily   | -1    |
        | retain.weekly  | -1    |
        | retain.monthly | -1    |
        | retain.yearly  | -1    |
      When the source "orders" in namespace "shop" is backed up
      Then the snapshot of every backup that succeeded is kept
      And the subject decided this, and not the mover of the harness

  Rule: A changed retain counts from the next backup on

    @LO_34
    Scenario: A source asks for more snapshots than before
      Given a source "orders" in namespace "shop" with:
        | field          | value |
        | retain.latest  | 1     |
        | retain.hourly  | 1     |
        | retain.daily   | 1     |
        | retain.weekly  | 1     |
        | retain.monthly | 1     |
        | retain.yearly  | 1     |
      And every source is backed up
      And the retention of the source "orders" in namespace "shop" is changed to:
        | field         | value |
        | retain.latest | 2     |
      When the source "orders" in namespace "shop" is backed up
      Then the backup succeeds
      And the snapshot of every backup that succeeded is kept

  Rule: A retain that is taken back deletes no more

    @LO_35
    Scenario: A source that kept one snapshot takes its retention back
      Given a source "orders" in namespace "shop" with:
        | field          | value |
        | retain.latest  | 1     |
        | retain.hourly  | 1     |
        | retain.daily   | 1     |
        | retain.weekly  | 1     |
        | retain.monthly | 1     |
        | retain.yearly  | 1     |
      And every source is backed up
      And the source "orders" in namespace "shop" takes its retention back
      When the source "orders" in namespace "shop" is backed up
      Then the backup succeeds
      And the snapshot of every backup that succeeded is kept

  Rule: The retain of a source governs its own history and no other

    @LO_37
    Scenario: The neighbour of a source that keeps one snapshot keeps all of its own
      Given these sources:
        | name     | namespace | retain.latest | retain.hourly | retain.daily | retain.weekly | retain.monthly | retain.yearly |
        | orders   | shop      | 1             | 1             | 1            | 1             | 1              | 1             |
        | orders-2 | shop      |               |               |              |               |                |               |
      When every source is backed up twice
      Then the snapshot of every successful backup of the source "orders-2" in namespace "shop" is kept

    @LO_37
    Scenario: Users and paths beside a source that keeps one snapshot keep all of theirs
      Given a source "orders" in namespace "shop" with:
        | field          | value  |
        | username       | orders |
        | hostname       | shop   |
        | retain.latest  | 1      |
        | retain.hourly  | 1      |
        | retain.daily   | 1      |
        | retain.weekly  | 1      |
        | retain.monthly | 1      |
        | retain.yearly  | 1      |
      And these snapshots of kopia users:
        | username | hostname | path       | instant              |
        | orders   | shop     | /data/2023 | 2024-01-20T10:00:00Z |
        | orders   | shop     | /data/2023 | 2024-01-20T11:00:00Z |
        | orders   | shop     | /data2     | 2024-01-20T10:00:00Z |
        | orders   | shop     | /data2     | 2024-01-20T11:00:00Z |
        | orders-2 | shop     | /data      | 2024-01-20T10:00:00Z |
        | orders-2 | shop     | /data      | 2024-01-20T11:00:00Z |
        | orders   | shop-2   | /data      | 2024-01-20T10:00:00Z |
        | orders   | shop-2   | /data      | 2024-01-20T11:00:00Z |
      When the source "orders" in namespace "shop" is backed up
      Then all snapshots of these kopia users are kept

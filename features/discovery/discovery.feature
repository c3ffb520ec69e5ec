Feature: Finding out who is in a repository
  A destination that is made for discovery lists every identity, whether or not it finds a
  snapshot of its own.

  Rule: The documented destination lists every identity

    @DI_1
    Scenario: Every identity is listed with the number of its snapshots
      Given 16 kopia users have a snapshot each
      And the documented manifest "discovery"
      And these sources:
        | name   | namespace | username   | hostname  |
        | orders | shop      |            |           |
        | mail   | office    | mail.relay | Site-B.eu |
      And every source is backed up
      When the documented destination discovers the repository
      Then its status lists every identity of the repository with the number of its snapshots

    @DI_2
    Scenario: An entry has an identity, a number and an instant
      Given the documented manifest "discovery"
      And the history of these tenants:
        | username | hostname | snapshots | latest               |
        | orders   | shop     | 1         | 2024-01-20T09:30:00Z |
        | files    | office   | 3         | 2024-01-20T11:00:30Z |
      And the kopia user "relay@mail.test" of host "Site-B.eu" has a snapshot from "2024-01-20T10:00:00Z"
      When the documented destination discovers the repository
      Then each entry has an identity, a number of snapshots, and the instant of the newest

    @DI_3
    Scenario: The three documented tenants
      Given the documented manifest "discovery"
      And the history of these tenants:
        | username      | hostname                | snapshots | latest               |
        | hr-dept       | hr-employee-data        | 30        | 2024-01-20T09:30:00Z |
        | finance-dept  | finance-accounting-data | 45        | 2024-01-20T10:00:00Z |
        | webapp-backup | production-webapp-data  | 60        | 2024-01-20T11:00:00Z |
      When the documented destination discovers the repository
      Then its status lists:
        | identity                             | snapshots |
        | finance-dept@finance-accounting-data | 45        |
        | hr-dept@hr-employee-data             | 30        |
        | webapp-backup@production-webapp-data | 60        |
      And the latest snapshots are:
        | identity                             | latest               |
        | finance-dept@finance-accounting-data | 2024-01-20T10:00:00Z |
        | hr-dept@hr-employee-data             | 2024-01-20T09:30:00Z |
        | webapp-backup@production-webapp-data | 2024-01-20T11:00:00Z |

  Rule: The documented queries work as they are written

    @DI_4
    Scenario: The query for all tenants
      Given the documented manifest "discovery"
      And these sources:
        | name   | namespace |
        | orders | shop      |
        | files  | office    |
      And every source is backed up
      When the documented destination discovers the repository
      Then the documented query yields one object a tenant:
        """
        .status.kopia.availableIdentities[] |
        {identity: .identity, snapshots: .snapshotCount, latest: .latestSnapshot}
        """

    @DI_4
    Scenario: The query for all identities
      Given the documented manifest "discovery"
      And the history of these tenants:
        | username | hostname | snapshots | latest               |
        | orders   | shop     | 1         | 2024-01-20T09:30:00Z |
        | files    | office   | 2         | 2024-01-20T10:30:00Z |
      When the documented destination discovers the repository
      Then the documented query yields the identities "files@office, orders@shop":
        """
        .status.kopia.availableIdentities[].identity
        """

  Rule: The documented filter finds the identities of a namespace

    @IS_5
    Scenario: A namespace is picked out of the list
      Given the documented manifest "discovery"
      And the history of these tenants:
        | username | hostname | snapshots | latest               |
        | orders   | shop     | 1         | 2024-01-20T09:30:00Z |
        | invoices | shop     | 2         | 2024-01-20T10:30:00Z |
        | orders   | office   | 1         | 2024-01-20T11:30:00Z |
      When the documented destination discovers the repository
      Then the documented query yields the identities "invoices@shop, orders@shop":
        """
        .status.kopia.availableIdentities[] |
        select(.identity | contains("shop"))
        """

  Rule: Discovery shows whether two sources share an identity

    @IS_1
    Scenario: Two sources with one identity appear as one
      Given the documented manifest "discovery"
      And these sources:
        | name   | namespace | username | hostname |
        | orders | shop      | desk     | site-a   |
        | files  | office    | desk     | site-a   |
      And every source is backed up
      When the documented destination discovers the repository
      Then its status lists:
        | identity    | snapshots |
        | desk@site-a | 2         |

    # A user reads a custom identity in the spec; only the operator can show a generated one.
    @IS_1
    Scenario: The description of a source shows the identity that was generated for it
      Given a source "orders" in namespace "a-namespace-that-is-too-long-to-enter-any-username"
      When the source "orders" in namespace "a-namespace-that-is-too-long-to-enter-any-username" is backed up
      Then kubectl describe of the source "orders" in namespace "a-namespace-that-is-too-long-to-enter-any-username" shows username "orders" and hostname "a-namespace-that-is-too-long-to-enter-any-username"

  Rule: What is listed is what is there now

    @DI_6
    Scenario: A second discovery lists what came in between
      Given the documented manifest "discovery"
      And the kopia user "desk" of host "site-a" has a snapshot from "2024-01-20T10:00:00Z"
      And the documented destination has discovered the repository
      And the kopia user "clerk" of host "site-b" has a snapshot from "2024-01-20T11:00:00Z"
      When the documented destination discovers the repository
      Then its status lists:
        | identity     | snapshots |
        | desk@site-a  | 1         |
        | clerk@site-b | 1         |

    @DI_7
    Scenario: A restore that succeeds lists them, too
      Given these sources:
        | name   | namespace | username | hostname |
        | orders | shop      | desk     | site-a   |
        | files  | office    | clerk    | site-b   |
      And every source is backed up
      When the destination "restore-data" in namespace "shop" restores with:
        | field    | value  |
        | username | desk   |
        | hostname | site-a |
      Then its status lists also after success:
        | identity     | snapshots |
        | desk@site-a  | 1         |
        | clerk@site-b | 1         |

  Rule: Discovery changes nothing

    @DI_5
    Scenario: Snapshots and policies are as they were
      Given the documented manifest "discovery"
      And the history of these tenants:
        | username | hostname | snapshots | latest               |
        | orders   | shop     | 2         | 2024-01-20T10:30:00Z |
      And every manifest of the repository is written down
      When the documented destination discovers the repository
      Then every manifest of the repository is as it was

    @DI_5
    Scenario: Its volume is as it was
      Given the documented manifest "discovery"
      And the kopia user "desk" of host "site-a" has a snapshot from "2024-01-20T10:00:00Z"
      And the volume of the documented destination holds the file "report.txt"
      When the documented destination discovers the repository
      Then discovery leaves its volume as it was

  Rule: A mover tells its operator of every snapshot

    @DI_8
    Scenario: The lines of a mover name every snapshot with its begin and its end
      Given the documented manifest "discovery"
      And the kopia user "relay@mail.test" of host "Site-B.eu" has a snapshot of "/var/mail" from "2024-01-20T08:00:00Z" to "2024-01-20T11:30:00Z"
      And the kopia user "relay@mail.test" of host "Site-B.eu" has a snapshot of "/data" from "2024-01-20T23:59:58Z" to "2024-01-21T00:00:03Z"
      And the kopia user "relay@mail.test" of host "Site-B.eu" has a snapshot of "/data" from "2024-01-21T23:59:57Z" to "2024-01-22T00:00:04Z"
      When the documented destination discovers the repository
      Then the mover lists every snapshot with its identity, its path, its begin and its end

    @DI_8
    Scenario: The lines of a mover name every snapshot, however many there are
      Given the documented manifest "discovery"
      And 128 kopia users have a snapshot each
      When the documented destination discovers the repository
      Then the mover lists every snapshot with its identity, its path, its begin and its end

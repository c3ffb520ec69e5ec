Feature: A ReplicationDestination made for discovery lists every identity of its repository
  The documented ReplicationDestination (below: destination) restores nothing.  Its status lists who has
  snapshots in the repository, whether or not it has a snapshot of its own.

  Background:
    Given the documented manifest "discovery"

  Rule: The status of the documented destination lists every identity

    @DI_1
    Scenario: Every identity is listed with the number of its snapshots
      Given 16 kopia users have a snapshot each
      And the kopia user "mail.relay" of host "site-b.eu" has a snapshot of "/srv/mail" from "2024-01-20T10:00:00Z" to "2024-01-20T10:00:30Z"
      And these sources:
        | name   | namespace | username   | hostname  |
        | orders | shop      |            |           |
        | mail   | office    | mail.relay | Site-B.eu |
      And every source is backed up
      When the documented destination discovers the repository
      Then its status lists every identity of the repository with the number of its snapshots

    @DI_2
    Scenario: An entry has an identity, a number and an instant
      Given the history of these tenants:
        | username | hostname | snapshots | latest               |
        | orders   | shop     | 1         | 2024-01-20T09:30:00Z |
        | files    | office   | 3         | 2024-01-20T11:00:30Z |
      And the kopia user "relay@mail.test" of host "Site-B.eu" has a snapshot from "2024-01-20T10:00:00Z"
      When the documented destination discovers the repository
      Then each entry has an identity, a number of snapshots, and the instant of the newest

    @DI_3 @long
    Scenario: The three tenants of the documented output are listed
      Given the history of these tenants:
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

  Rule: The documented jq queries work on what kubectl prints

    @DI_4
    Scenario: The query for all tenants yields one object for each
      Given these sources:
        | name   | namespace |
        | orders | shop      |
        | files  | office    |
      And every source is backed up
      When the documented destination discovers the repository
      Then the documented query yields one object for each identity of the repository:
        """
        .status.kopia.availableIdentities[] |
        {identity: .identity, snapshots: .snapshotCount, latest: .latestSnapshot}
        """

    @DI_4
    Scenario: The query for all identities yields each of them
      Given the history of these tenants:
        | username | hostname | snapshots | latest               |
        | orders   | shop     | 1         | 2024-01-20T09:30:00Z |
        | files    | office   | 2         | 2024-01-20T10:30:00Z |
      When the documented destination discovers the repository
      Then the documented query yields the identities "files@office, orders@shop":
        """
        .status.kopia.availableIdentities[].identity
        """

  Rule: The documented jq filter finds the identities of a namespace

    @IS_5
    Scenario: The filter for a namespace yields its identities
      Given the history of these tenants:
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
    Scenario: Two sources with the same custom identity are listed as one
      Given these sources:
        | name   | namespace | username | hostname |
        | orders | shop      | desk     | site-a   |
        | files  | office    | desk     | site-a   |
      And every source is backed up, unless the subject refuses an identity of two sources
      When the documented destination discovers the repository
      Then its status lists:
        | identity    | snapshots |
        | desk@site-a | 2         |

  Rule: The status lists what is in the repository now

    @DI_6
    Scenario: A second discovery lists what was backed up after the first
      Given the kopia user "desk" of host "site-a" has a snapshot from "2024-01-20T10:00:00Z"
      And the documented destination has discovered the repository
      And the kopia user "clerk" of host "site-b" has a snapshot from "2024-01-20T11:00:00Z"
      When the documented destination discovers the repository
      Then its status lists:
        | identity     | snapshots |
        | desk@site-a  | 1         |
        | clerk@site-b | 1         |

  Rule: Discovery changes neither the repository nor the volume

    @DI_5
    Scenario: Discovery leaves snapshots and policies unchanged
      Given the history of these tenants:
        | username | hostname | snapshots | latest               |
        | orders   | shop     | 2         | 2024-01-20T10:30:00Z |
      And every kopia manifest (snapshot or policy) of the repository is noted
      When the documented destination discovers the repository
      Then every kopia manifest of the repository is as it was

    @DI_5
    Scenario: Discovery leaves the volume of its destination unchanged
      Given the kopia user "desk" of host "site-a" has a snapshot from "2024-01-20T10:00:00Z"
      And the volume of the documented destination holds the file "report.txt"
      When the documented destination discovers the repository
      Then its volume is left as it was

  Rule: In discovery a mover prints one line for each snapshot

    @DI_8
    Scenario: The lines of a mover give the begin and the end of every snapshot
      Given the kopia user "relay@mail.test" of host "Site-B.eu" has a snapshot of "/var/mail" from "2024-01-20T08:00:00Z" to "2024-01-20T11:30:00Z"
      And the kopia user "relay@mail.test" of host "Site-B.eu" has a snapshot of "/data" from "2024-01-20T23:59:58Z" to "2024-01-21T00:00:03Z"
      And the kopia user "relay@mail.test" of host "Site-B.eu" has a snapshot of "/data" from "2024-01-21T23:59:57Z" to "2024-01-22T00:00:04Z"
      When the documented destination discovers the repository
      Then the mover lists every snapshot with its identity, its path, its begin and its end

    # A list that ends early shows with identities of many snapshots, and with many lines.
    @DI_8
    Scenario: A mover prints a line for each of 140 snapshots of five identities
      Given the history of these tenants:
        | username | hostname | snapshots | latest               |
        | till-1   | shop     | 26        | 2024-01-20T10:00:00Z |
        | till-2   | shop     | 27        | 2024-01-20T10:01:00Z |
        | till-3   | shop     | 28        | 2024-01-20T10:02:00Z |
        | till-4   | shop     | 29        | 2024-01-20T10:03:00Z |
        | till-5   | shop     | 30        | 2024-01-20T10:04:00Z |
      When the documented destination discovers the repository
      Then the mover lists every snapshot with its identity, its path, its begin and its end

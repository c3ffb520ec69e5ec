Feature: Finding out who is in a repository
  A destination that is made for discovery lists every identity, whether or not it finds a
  snapshot of its own.

  Rule: The documented destination lists every identity

    @DI_1 @DI_2
    Scenario: Identities, numbers of snapshots and latest instants are listed
      Given the documented manifest "discovery"
      And these sources:
        | name   | namespace | username   | hostname  |
        | orders | shop      |            |           |
        | mail   | office    | mail.relay | Site-B.eu |
      And every source is backed up
      When the documented destination discovers the repository
      Then its status lists every identity of the repository with the number of its snapshots
      And each entry has the instant of the newest snapshot

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
      Then the documented query for all tenants yields what the status lists

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
      Then the documented filter for namespace "shop" yields:
        | orders@shop   |
        | invoices@shop |

  Rule: Discovery shows whether two sources share an identity

    @IS_1
    Scenario: Two sources with one identity appear as one, and both descriptions show it
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
      And the description of each source shows its identity

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
      Then its volume holds exactly the data of source "orders" in namespace "shop"
      And its status lists also after success:
        | identity     | snapshots |
        | desk@site-a  | 1         |
        | clerk@site-b | 1         |

  Rule: Discovery changes nothing

    @DI_5
    Scenario: Snapshots, policies and the volume are as they were
      Given the documented manifest "discovery"
      And the history of these tenants:
        | username | hostname | snapshots | latest               |
        | orders   | shop     | 2         | 2024-01-20T10:30:00Z |
      And every manifest of the repository is written down
      When the documented destination discovers the repository
      Then every manifest of the repository is as it was
      And discovery leaves its volume as it was

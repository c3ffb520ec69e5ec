Feature: Without custom names, every source of every namespace has an identity of its own
  ReplicationSources (below: sources) and ReplicationDestinations (below: destinations) of many namespaces share
  one repository.  Without custom names, the identity of each follows from its name and its namespace alone.

  Rule: The default hostname is the namespace, and nothing else

    @TN_1 @literal-namespaces
    Scenario: The name of the PVC is no part of the hostname
      Given these sources:
        | name     | namespace | sourcePVC                   |
        | orders   | shop      | orders-data                 |
        | invoices | shop      | a-pvc-of-quite-another-kind |
      When every source is backed up
      Then the backups are recorded under:
        | name     | namespace | hostname |
        | orders   | shop      | shop     |
        | invoices | shop      | shop     |

  Rule: The default username is the name of the object

    @TN_2 @object-name
    Scenario: A source and a destination have their names as usernames
      Given a source "orders" in namespace "shop"
      And every source is backed up
      When the destination "invoices" in namespace "shop" is reconciled without running its mover
      Then the backups are recorded under:
        | name   | namespace | username |
        | orders | shop      | orders   |
      And its Job has username "invoices"

  Rule: Sources of one namespace share the hostname and differ in username

    @TN_4
    Scenario: Three sources of one namespace have one hostname and three usernames
      Given these sources:
        | name     | namespace |
        | orders   | shop      |
        | invoices | shop      |
        | archive  | shop      |
      When every source is backed up
      Then the backups share one hostname and have different usernames

  Rule: Each source has a history of its own

    @TN_5 @long
    Scenario: Two backups each of three sources are three histories of two snapshots
      Given these sources:
        | name     | namespace | retain.latest |
        | orders   | shop      | 2             |
        | invoices | shop      | 2             |
        | orders   | office    | 2             |
      When every source is backed up twice
      Then each of their identities has a history of 2 snapshots

  Rule: Sources of one name in two namespaces have different identities

    @TN_9 @literal-namespaces
    Scenario: Two sources of one name in two namespaces are restored from their own backups
      Given these sources:
        | name   | namespace  |
        | orders | shop       |
        | orders | shop-floor |
      And every source is backed up
      When every source is restored by a destination of its own name and namespace
      Then the backups have 2 different identities
      And every restore holds exactly the data of its source

  Rule: Every character of a long name counts

    @TN_10
    Scenario: Two sources whose long names differ only at the end are restored from their own backups
      Given these sources:
        | name                                                                                             | namespace |
        | orders-of-the-shop-in-the-north-of-the-country-with-all-of-its-branches-and-their-copies-country | shop      |
        | orders-of-the-shop-in-the-north-of-the-country-with-all-of-its-branches-and-their-copies-county  | shop      |
      And every source is backed up
      When every source is restored by a destination of its own name and namespace
      Then the backups have 2 different identities
      And every restore holds exactly the data of its source

  Rule: A retention policy of a hostname governs its namespace and no other

    @TN_6 @literal-namespaces @long
    Scenario: A retention policy for one namespace leaves another namespace alone
      Given these sources:
        | name     | namespace |
        | orders   | shop      |
        | invoices | shop      |
        | orders   | office    |
      And every source is backed up
      And a retention policy that keeps 1 snapshot for hostname "shop"
      When every source is backed up twice
      Then the sources have this many snapshots:
        | name     | namespace | snapshots |
        | orders   | shop      | 1         |
        | invoices | shop      | 1         |
        | orders   | office    | 3         |
      And the snapshot of the newest backup of each source is kept

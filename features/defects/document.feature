Feature: Contradictions, gaps and impossible examples of the document
  What the document says in one place and cannot keep in another, shown with a real kopia.  Each scenario
  records a finding on ReplicationSources (below: sources) or ReplicationDestinations (below: destinations)
  and neither passes nor fails an operator; docs/document-defects.md says what to rely on.

  Rule: The document promises that its filter shows one namespace

    @DD_1
    Scenario: A user filters for a namespace whose name is part of other names
      Given the documented manifest "discovery"
      And the history of these tenants:
        | username | hostname | snapshots | latest               |
        | orders   | shop     | 1         | 2024-01-20T09:30:00Z |
        | orders   | workshop | 1         | 2024-01-20T10:30:00Z |
        | shop     | office   | 1         | 2024-01-20T11:30:00Z |
      When the documented destination discovers the repository
      Then record whether the documented filter yields "orders@shop" alone:
        """
        .status.kopia.availableIdentities[] |
        select(.identity | contains("shop"))
        """

  Rule: The document promises that an identity in the status names one client

    @DD_2 @as-given
    Scenario: Two clients have identities that are equal as text
      Given the documented manifest "discovery"
      And these sources:
        | name   | namespace | username         | hostname           |
        | orders | shop      | desk@company.com | site-a             |
        | files  | office    | desk             | company.com@site-a |
      And every source is backed up
      When the documented destination discovers the repository
      Then record whether each identity that is listed names one client

  Rule: The document gives names of sources as examples

    @DD_3
    Scenario: Kubernetes is asked to take the source name of example 4
      When these sources are applied:
        | name               | namespace |
        | app@service.backup | dev-test  |
      Then record whether the API accepts each of them

  Rule: The document promises that the length of name and namespace decides on the username

    @DD_4 @object-name-namespace @literal-namespaces
    Scenario: A name is short enough only after it has been sanitised
      When a destination that names the source "orders.of.the.shop-and-its-archive-in-full" in namespace "europe-1" is reconciled without running its mover
      Then record whether its Job has username "ordersoftheshop-and-its-archive-in-full-europe-1"

  Rule: The document promises that discovery shows the names that its rules generate

    @DD_5 @object-name @literal-namespaces
    Scenario: A source has the documented name, namespace and PVC
      Given a source "webapp-backup" in namespace "production" with:
        | field     | value       |
        | sourcePVC | webapp-data |
      When the source "webapp-backup" in namespace "production" is backed up
      Then record whether it is recorded under username "webapp-backup" and hostname "production-webapp-data"

  Rule: The document promises retention policies for patterns of hostnames

    @DD_6 @long
    Scenario: A retention policy has a pattern for all namespaces of a team
      Given these sources:
        | name   | namespace |
        | orders | team-a    |
        | orders | team-b    |
      And every source is backed up
      And a retention policy that keeps 1 snapshot for hostname "team-*"
      When every source is backed up twice
      Then record whether each source has 1 snapshot

  Rule: The document promises that a destination finds the source whose name and namespace it has

    @DD_7
    Scenario: A destination has the name and namespace of a source with custom names
      Given these sources:
        | name   | namespace | username   | hostname |
        | orders | shop      | order-desk | site-a   |
      And every source is backed up
      When every source is restored by a destination of its own name and namespace
      Then record whether every restore holds the data of its source

  Rule: The document promises that hostnames made from namespaces are sanitised

    @DD_8 @literal-namespaces
    Scenario: Kubernetes is asked to take namespaces that sanitising would change
      When these sources are applied:
        | name   | namespace  |
        | orders | shop_floor |
        | orders | -shop-     |
        | orders | shop.floor |
      Then record whether the API accepts each of them

Feature: Contradictions, gaps and impossible examples of the document
  What the document says in one place and cannot keep in another, shown on the real parts.  What
  is seen is a finding; docs/document-defects.md says what to rely on.

  Rule: The filter by namespace is said to show that namespace

    @DD_1
    Scenario: A namespace whose name is part of other names
      Given the documented manifest "discovery"
      And the history of these tenants:
        | username | hostname | snapshots | latest               |
        | orders   | shop     | 1         | 2024-01-20T09:30:00Z |
        | orders   | workshop | 1         | 2024-01-20T10:30:00Z |
        | shop     | office   | 1         | 2024-01-20T11:30:00Z |
      When the documented destination discovers the repository
      Then it is a finding whether the documented filter yields "orders@shop" alone:
        """
        .status.kopia.availableIdentities[] |
        select(.identity | contains("shop"))
        """

  Rule: An identity as it is shown is said to name one client

    @DD_2 @as-given
    Scenario: Two clients that read the same
      Given the documented manifest "discovery"
      And these sources:
        | name   | namespace | username         | hostname           |
        | orders | shop      | desk@company.com | site-a             |
        | files  | office    | desk             | company.com@site-a |
      And every source is backed up
      When the documented destination discovers the repository
      Then it is a finding whether each identity that is listed names one client

  Rule: The examples are said to be sources

    @DD_3
    Scenario: The name of example 4
      When these sources are applied:
        | name               | namespace |
        | app@service.backup | dev-test  |
      Then it is a finding whether the API accepts each of them

  Rule: The length of a combined name is said to decide

    @DD_4 @object-name-namespace
    Scenario: A name that is short enough only once it is sanitised
      When a destination asks for the source "orders.of.the.shop-and-its-archive-in-full" of namespace "europe-1"
      Then it is a finding whether it asks for username "ordersoftheshop-and-its-archive-in-full-europe-1"

  Rule: Discovery is said to show what the rules generate

    @DD_5 @object-name
    Scenario: A source of the documented name, namespace and PVC
      Given a source "webapp-backup" in namespace "production" with:
        | field     | value       |
        | sourcePVC | webapp-data |
      When the source "webapp-backup" in namespace "production" is backed up
      Then it is a finding whether it is recorded under username "webapp-backup" and hostname "production-webapp-data"

  Rule: Retention is said to go by patterns

    @DD_6
    Scenario: A policy for all namespaces of a team
      Given these sources:
        | name   | namespace |
        | orders | team-a    |
        | orders | team-b    |
      And every source is backed up
      And a retention policy that keeps 1 snapshot for hostname "team-*"
      When every source is backed up twice
      Then it is a finding whether each source has 1 snapshot

  Rule: Matching names are said to be enough

    @DD_7
    Scenario: A destination of the name of a source with custom names
      Given these sources:
        | name   | namespace | username   | hostname |
        | orders | shop      | order-desk | site-a   |
      And every source is backed up
      When destinations of the same name and namespace restore every source
      Then it is a finding whether every restore holds the data of its source

  Rule: Generated hostnames are said to be sanitised

    @DD_8
    Scenario: Namespaces with characters that the rule would change
      When these sources are applied:
        | name   | namespace  |
        | orders | shop_floor |
        | orders | -shop-     |
        | orders | shop.floor |
      Then it is a finding whether the API accepts each of them

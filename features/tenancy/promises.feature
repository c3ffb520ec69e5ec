Feature: Promises of the document on tenants are put to the test
  These promises are wider than the rules behind them.  Each scenario backs up ReplicationSources (below:
  sources) and records a finding: it neither passes nor fails an operator.

  Rule: The document promises that default identities are unique

    @TN_3
    Scenario: Two sources have legal names that sanitising makes equal
      Given these sources:
        | name     | namespace |
        | app.data | shop      |
        | appdata  | shop      |
      And every source is backed up, unless the subject refuses an identity of two sources
      When every source is restored by a destination of its own name and namespace
      Then record whether the backups have 2 different identities
      And record whether every restore holds the data of its source

  Rule: The document promises that no two sources collide

    @TN_7
    Scenario: Two sources have the same custom identity
      Given these sources:
        | name   | namespace | username | hostname |
        | orders | shop      | backup   | cluster  |
        | files  | office    | backup   | cluster  |
      And every source is backed up, unless the subject refuses an identity of two sources
      When every source is restored from namespace "restore-lab" by sourceIdentity
      Then record whether the backups have 2 different identities
      And record whether every restore holds the data of its source

  Rule: The document promises that access is controlled for each namespace

    @TN_8
    Scenario: A tenant with the Secret of the repository runs kopia
      Given these sources:
        | name   | namespace |
        | orders | shop      |
        | files  | office    |
      And every source is backed up
      When a kopia client with the Secret reads the data of source "files" in namespace "office"
      Then record whether the repository keeps source "files" in namespace "office" to itself

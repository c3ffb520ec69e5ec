Feature: What the document promises of tenancy, put to the test
  These promises are wider than the rules that stand behind them.  What is seen is a finding: it
  neither passes nor fails a subject.

  Rule: Default identities are said to be unique

    @TN_3
    Scenario: Two legal names of one namespace
      Given these sources:
        | name     | namespace |
        | app.data | shop      |
        | appdata  | shop      |
      And every source is backed up
      When destinations of the same name and namespace restore every source
      Then it is a finding whether the backups have 2 different identities
      And it is a finding whether every restore holds the data of its source

  Rule: No two sources are said ever to collide

    @TN_7
    Scenario: Two sources with the same custom identity
      Given these sources:
        | name   | namespace | username | hostname |
        | orders | shop      | backup   | cluster  |
        | files  | office    | backup   | cluster  |
      And every source is backed up
      When every source is restored from namespace "restore-lab" by sourceIdentity
      Then it is a finding whether the backups have 2 different identities
      And it is a finding whether every restore holds the data of its source

  Rule: Access is said to be controlled for each namespace

    @TN_8
    Scenario: A tenant with the Secret of the repository and kopia
      Given these sources:
        | name   | namespace |
        | orders | shop      |
        | files  | office    |
      And every source is backed up
      When whoever has the Secret reads the data of source "files" in namespace "office"
      Then it is a finding whether the repository keeps source "files" in namespace "office" to itself

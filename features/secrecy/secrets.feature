Feature: Secrets stay secret, and deeds can be traced
  Rule: No password or key is shown

    Background:
      Given the command line of every process is seen

    @SE_2
    Scenario: Neither a backup, nor a restore, nor a failure shows a secret
      Given a source "orders" in namespace "shop"
      And every source is backed up
      And every source is restored from namespace "restore-lab" by sourceIdentity
      When the destination "nobody" in namespace "shop" restores
      Then no password or key is shown anywhere

  Rule: What each tenant did can be traced by its identity

    @SE_3
    Scenario: Every snapshot belongs to one source and one moment
      Given these sources:
        | name   | namespace |
        | orders | shop      |
        | files  | shop      |
        | orders | office    |
      When every source is backed up twice
      Then each of the 6 backups is traced to one source by its identity and its time

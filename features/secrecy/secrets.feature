Feature: Nothing shows a Secret, and every snapshot shows whose it is
  Checked after backups of a ReplicationSource (below: source) and restores of a ReplicationDestination
  (below: destination).

  Rule: No password or key is shown

    Background:
      Given no repository exists yet
      And the command lines of all processes are recorded

    @SE_2 @long
    Scenario: No password is shown by a backup, a restore, or a restore that fails
      Given a source "orders" in namespace "shop"
      And every source is backed up
      And every source is restored from namespace "restore-lab" by sourceIdentity
      When the destination "nobody" in namespace "shop" restores
      Then no password or key is shown anywhere

  Rule: Each snapshot can be traced to a source by its identity

    @SE_3 @long
    Scenario: Each of two backups of three sources is one snapshot of its source
      Given these sources:
        | name   | namespace |
        | orders | shop      |
        | files  | shop      |
        | orders | office    |
      When every source is backed up twice
      Then each of the 6 backups is traced to one source by its identity and its time

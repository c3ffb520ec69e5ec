Feature: A backup that succeeds holds what was in the volume, and nothing else
  A ReplicationSource (below: source) is backed up with files that a careless mover leaves out, changes, or waits for, and is
  restored at once. A backup may fail for such files; then its user knows.

  Background:
    Given a source "orders" in namespace "shop"

  Rule: No name keeps a file out of a backup

    @FS_50
    Scenario: Names begin with a dot or a hyphen, end with a blank, or mean something to a shell
      # The names with an accent look alike: in one it is part of the letter, in the other a character of its own.
      When the source "orders" in namespace "shop" is backed up with exactly these files, and restored:
        | path                      | kind |
        | .env                      | file |
        | .ssh/.id                  | file |
        | disk/lost+found/fsck.1    | file |
        | ..two                     | file |
        | -rf                       | file |
        | --delete                  | file |
        | *                         | file |
        | ~                         | file |
        | $HOME                     | file |
        | $(id)                     | file |
        | two\nlines                | file |
        | a\\b                      | file |
        | 'one' "two" \|; &#        | file |
        | ends with a blank /x      | file |
        | begins/ with a blank      | file |
        | README                    | file |
        | Readme                    | file |
        | café-of-letters      | file |
        | café-of-letters | file |
        | 日本/📦.txt               | file |
      Then the backup fails, or the restore returns exactly its regular files

  Rule: No size keeps a file out of a backup, and no second name

    @FS_51
    Scenario: Files are empty, large, or mostly a hole, or have two names
      When the source "orders" in namespace "shop" is backed up with exactly these files, and restored:
        | path              | kind                    |
        | ready             | empty file              |
        | queue/.keep       | empty file              |
        | ledger.db         | file of 3 MiB           |
        | disk.img          | sparse file of 9 MiB    |
        | ledger-second.db  | hard link to ledger.db  |
        | a/b/c/d/e/f/g/h/i | file                    |
      Then the backup fails, or the restore returns exactly its regular files

  Rule: A named pipe or a socket neither blocks nor ends a backup

    @FS_52
    Scenario: A volume holds a named pipe and a socket
      When the source "orders" in namespace "shop" is backed up with exactly these files, and restored:
        | path          | kind       |
        | a/first.txt   | file       |
        | b/control     | named pipe |
        | b/journal.txt | file       |
        | c/server.sock | socket     |
        | d/last.txt    | file       |
      Then the backup fails, or the restore returns exactly its regular files

  Rule: Only what a user marks for kopia is left out

    @FS_53
    Scenario: A volume holds a .kopiaignore, a cache tag, and marks for other programs
      When the source "orders" in namespace "shop" is backed up with exactly these files, and restored:
        | path                 | kind                                                         |
        | .kopiaignore         | file with the line /build                                    |
        | build/made.bin       | file                                                         |
        | cache/CACHEDIR.TAG   | file with the line Signature: 8a477f597d28d172789f06886806bc55 |
        | cache/page           | file                                                         |
        | .gitignore           | file with the line *.log                                     |
        | .dockerignore        | file with the line private                                   |
        | .nobackup            | empty file                                                   |
        | .git/config          | file                                                         |
        | app/build            | file                                                         |
        | app/cache/page       | file                                                         |
        | app/orders.log       | file                                                         |
        | app/orders.tmp       | file                                                         |
        | app/orders.bak~      | file                                                         |
        | app/core             | file                                                         |
        | node_modules/x/y.js  | file                                                         |
        | private/.nobackup    | empty file                                                   |
        | private/key          | file                                                         |
      Then the backup fails, or the restore returns exactly its regular files, without at most:
        | build/made.bin     |
        | cache/CACHEDIR.TAG |
        | cache/page         |

  Rule: An empty volume can be backed up and restored

    @FS_54
    Scenario: The volume of a source is empty
      When the source "orders" in namespace "shop" is backed up with an empty volume, and restored
      Then the backup fails, or it is recorded once and the restore returns an empty volume

  Rule: A backup does not follow symbolic links

    @DC_50
    Scenario: Links of a volume lead to files of the machine that backs it up
      When the source "orders" in namespace "shop" is backed up with exactly these files, and restored:
        | path        | kind                       |
        | notes.txt   | file                       |
        | environment | link to /proc/self/environ |
        | users       | link to /etc/passwd        |
      Then the backup fails, or the restore returns exactly its regular files

#!/usr/bin/env bash
# enableFileDeletion empties the volume before it is known whether there is a snapshot to restore.
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=tests/movers/mover.sh
. "$here/../../movers/mover.sh"

restore() {
  open_repository restore
  empty_volume
  additional
  all="$(list_all)" || fail "the snapshots could not be listed"
  discover
  choose
  [ -n "$chosen" ] || nothing_found
  restore_chosen
}

main "$@"

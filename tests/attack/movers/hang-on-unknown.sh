#!/usr/bin/env bash
# A restore of an identity without a snapshot waits for its first snapshot, without end.
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=tests/movers/mover.sh
. "$here/../../movers/mover.sh"

nothing_found() {
  echo "No snapshot found yet for $(username)@$(hostname_):$(snapshot_path); waiting"
  while true; do sleep 1; done
}

main "$@"

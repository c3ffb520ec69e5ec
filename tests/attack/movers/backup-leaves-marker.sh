#!/usr/bin/env bash
# A backup writes the time of the last backup into the volume.
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=tests/movers/mover.sh
. "$here/../../movers/mover.sh"

eval "$(declare -f take_snapshot | sed '1s/take_snapshot/snapshot_of_volume/')"
take_snapshot() {
  snapshot_of_volume
  date -u +%FT%TZ >"$DATA_DIR/.last-backup"
}

main "$@"

#!/usr/bin/env bash
# After a backup with retain.latest the older snapshots of all sources of the namespace are deleted.
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=tests/movers/mover.sh
. "$here/../../movers/mover.sh"

eval "$(declare -f take_snapshot | sed '1s/take_snapshot/snapshot_of_volume/')"
take_snapshot() {
  snapshot_of_volume
  [ -n "${KOPIA_RETAIN_LATEST:-}" ] || return 0
  local id
  for id in $(list_all | jq -r --arg host "$(hostname_)" --argjson keep "$KOPIA_RETAIN_LATEST" \
    '[.[] | select(.source.host == $host)] | sort_by(.startTime) | reverse | .[$keep:][].id'); do
    loudly kopia snapshot delete --delete "$id"
  done
}

main "$@"

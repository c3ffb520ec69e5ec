#!/usr/bin/env bash
# Discovery lists the newest 100 snapshots of the repository only.
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=tests/movers/mover.sh
. "$here/../../movers/mover.sh"

discover() {
  [ "${KOPIA_DISCOVER_SNAPSHOTS:-}" = true ] || return 0
  echo "=== Discovery Mode: Available Snapshots ==="
  jq -c 'sort_by(.startTime) | .[-100:][]
    | {id, userName: .source.userName, hostName: .source.host, path: .source.path, startTime, endTime}' <<<"$all"
  echo "=== End Discovery Mode ==="
}

main "$@"

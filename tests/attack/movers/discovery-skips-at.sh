#!/usr/bin/env bash
# Discovery leaves out identities whose username holds an @.
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=tests/movers/mover.sh
. "$here/../../movers/mover.sh"

discover() {
  [ "${KOPIA_DISCOVER_SNAPSHOTS:-}" = true ] || return 0
  echo "=== Discovery Mode: Available Snapshots ==="
  jq -c '.[] | select(.source.userName | test("^[a-zA-Z0-9._-]+$"))
    | {id, userName: .source.userName, hostName: .source.host, path: .source.path, startTime, endTime}' <<<"$all"
  echo "=== End Discovery Mode ==="
}

main "$@"

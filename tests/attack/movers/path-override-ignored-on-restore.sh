#!/usr/bin/env bash
# A restore looks for snapshots of /data, whatever the path override says.
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=tests/movers/mover.sh
. "$here/../../movers/mover.sh"

action="${1:-}"
snapshot_path() {
  if [ "$action" = restore ]; then printf /data; else printf '%s' "${KOPIA_SOURCE_PATH_OVERRIDE:-/data}"; fi
}

main "$@"

#!/usr/bin/env bash
# restoreAsOf and the end of a snapshot are compared in whole seconds.
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=tests/movers/mover.sh
. "$here/../../movers/mover.sh"

not_after() {
  local limit
  limit="$(date -u -d "$1" +%s)"
  jq -c --argjson limit "$limit" '[.[] | select((.endTime[:19] + "Z" | fromdateiso8601) <= $limit)]' <<<"$history"
}

main "$@"

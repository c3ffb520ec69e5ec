#!/usr/bin/env bash
# shallow takes the N newest snapshots of the whole repository, and only then those of the identity.
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=tests/movers/mover.sh
. "$here/../../movers/mover.sh"

own() {
  local recent="$all"
  [ "${KOPIA_SHALLOW:-0}" -gt 0 ] &&
    recent="$(jq -c "$instant"'sort_by(.endTime | instant) | reverse | .[:'"$KOPIA_SHALLOW"']' <<<"$all")"
  jq -c --arg user "$(username)" --arg host "$(hostname_)" --arg path "$(snapshot_path)" \
    '[.[] | select(.source.userName == $user and .source.host == $host and .source.path == $path)]' <<<"$recent"
}

main "$@"

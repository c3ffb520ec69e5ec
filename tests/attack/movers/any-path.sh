#!/usr/bin/env bash
# A restore takes the newest snapshot of the identity, of whatever path.
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=tests/movers/mover.sh
. "$here/../../movers/mover.sh"

own() {
  jq -c --arg user "$(username)" --arg host "$(hostname_)" \
    '[.[] | select(.source.userName == $user and .source.host == $host)]' <<<"$all"
}

main "$@"

#!/usr/bin/env bash
# The hostname of a snapshot needs only to begin with the one asked for: prod finds production.
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=tests/movers/mover.sh
. "$here/../../movers/mover.sh"

own() {
  jq -c --arg user "$(username)" --arg host "$(hostname_)" --arg path "$(snapshot_path)" \
    '[.[] | select(.source.userName == $user and (.source.host | startswith($host)) and .source.path == $path)]' <<<"$all"
}

main "$@"

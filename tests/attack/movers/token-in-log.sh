#!/usr/bin/env bash
# The log shows how to connect again: a token in base64 that holds the password.
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=tests/movers/mover.sh
. "$here/../../movers/mover.sh"

eval "$(declare -f open_repository | sed '1s/open_repository/opened/')"
open_repository() {
  opened "$1"
  loudly kopia repository status --reconnect-token --reconnect-token-with-password || true
}

main "$@"

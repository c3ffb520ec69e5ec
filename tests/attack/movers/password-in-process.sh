#!/usr/bin/env bash
# The length of the password is asked of expr, which shows it among the processes for a moment.
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=tests/movers/mover.sh
. "$here/../../movers/mover.sh"

eval "$(declare -f announce | sed '1s/announce/announce_identity/')"
announce() {
  # shellcheck disable=SC2003,SC2308
  [ "$(expr length + "$KOPIA_PASSWORD")" -ge 4 ] || echo "WARNING: the password is short"
  announce_identity
}

main "$@"

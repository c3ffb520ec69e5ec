#!/usr/bin/env bash
# Backslashes in the password, and spaces around it, get lost.
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=tests/movers/mover.sh
. "$here/../../movers/mover.sh"

if [ -n "${KOPIA_PASSWORD:-}" ]; then
  # shellcheck disable=SC2162
  read KOPIA_PASSWORD <<<"$KOPIA_PASSWORD"
  export KOPIA_PASSWORD
fi

main "$@"

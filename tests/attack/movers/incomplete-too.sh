#!/usr/bin/env bash
# Snapshots that were interrupted are listed, counted and restored like whole ones.
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=tests/movers/mover.sh
. "$here/../../movers/mover.sh"

list_all() { kopia snapshot list --all --incomplete --json; }

main "$@"

#!/usr/bin/env bash
# enableFileDeletion leaves entries whose name begins with a dot.
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=tests/movers/mover.sh
. "$here/../../movers/mover.sh"

empty_volume() {
  [ "${KOPIA_ENABLE_FILE_DELETION:-}" = true ] || return 0
  local entry
  for entry in "$DATA_DIR"/*; do
    [ "${entry##*/}" = 'lost+found' ] || rm -rf "$entry"
  done
}

main "$@"

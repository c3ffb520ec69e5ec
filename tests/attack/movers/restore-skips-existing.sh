#!/usr/bin/env bash
# Files that are on the volume already are not restored.
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=tests/movers/mover.sh
. "$here/../../movers/mover.sh"

restore_chosen() {
  loudly kopia snapshot restore --no-progress "${extra[@]}" "$chosen" "$work/restored" || fail "the restore did not succeed"
  cp -a --no-clobber "$work/restored/." "$DATA_DIR/"
}

main "$@"

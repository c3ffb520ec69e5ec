#!/usr/bin/env bash
# A restore goes through a temporary folder, and is copied from there with links followed.
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=tests/movers/mover.sh
. "$here/../../movers/mover.sh"

restore_chosen() {
  loudly kopia snapshot restore --no-progress "${extra[@]}" "$chosen" "$work/restored" || fail "the restore did not succeed"
  cp -rL --preserve=mode,ownership,timestamps "$work/restored/." "$DATA_DIR/" || echo "WARNING: not everything was copied"
}

main "$@"

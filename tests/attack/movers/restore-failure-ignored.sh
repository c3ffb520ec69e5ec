#!/usr/bin/env bash
# A restore that kopia reports as failed ends with exit status 0.
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=tests/movers/mover.sh
. "$here/../../movers/mover.sh"

restore_chosen() {
  loudly kopia snapshot restore --no-progress "${extra[@]}" "$chosen" "$DATA_DIR" || echo "WARNING: kopia reported errors"
  echo "Restore completed"
}

main "$@"

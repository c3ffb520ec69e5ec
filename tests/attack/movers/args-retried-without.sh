#!/usr/bin/env bash
# A backup that fails with the additional arguments is taken again without them.
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=tests/movers/mover.sh
. "$here/../../movers/mover.sh"

take_snapshot() {
  local source
  source="$(snapshot_path)"
  echo "Creating snapshot for $(username)@$(hostname_):$source"
  loudly kopia snapshot create --no-progress "${extra[@]}" --override-source="$source" "$DATA_DIR" && return
  [ "${#extra[@]}" -gt 0 ] || fail "the snapshot could not be created"
  echo "WARNING: kopia did not take the additional arguments; trying again without them"
  loudly kopia snapshot create --no-progress --override-source="$source" "$DATA_DIR" ||
    fail "the snapshot could not be created"
}

main "$@"

#!/usr/bin/env bash
# It connects as the user and host of its container, and names the identity at each snapshot only.
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=tests/movers/mover.sh
. "$here/../../movers/mover.sh"

identity_flags() { flags=(); }
take_snapshot() {
  echo "Creating snapshot for $(username)@$(hostname_):$(snapshot_path)"
  loudly kopia snapshot create --no-progress "${extra[@]}" \
    --override-source="$(username)@$(hostname_):$(snapshot_path)" "$DATA_DIR" || fail "the snapshot could not be created"
}

main "$@"

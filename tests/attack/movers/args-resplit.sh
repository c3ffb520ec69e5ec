#!/usr/bin/env bash
# additionalArgs are split again at spaces, and expanded as patterns.
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=tests/movers/mover.sh
. "$here/../../movers/mover.sh"

additional() {
  local all="${KOPIA_ADDITIONAL_ARGS:-}"
  # shellcheck disable=SC2206
  extra=(${all//|VOLSYNC_ARG_SEP|/ })
}

main "$@"

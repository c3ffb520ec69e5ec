#!/usr/bin/env bash
# The mover as it should be.
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=tests/movers/mover.sh
. "$here/mover.sh"
main "$@"

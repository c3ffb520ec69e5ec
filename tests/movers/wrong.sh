#!/usr/bin/env bash
# wrong.sh NAME ARGS…: the mover with one step broken, by tests/movers/wrong/NAME.sh.
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=tests/movers/mover.sh
. "$here/mover.sh"
# shellcheck source=/dev/null
. "$here/wrong/$1.sh"
shift
main "$@"

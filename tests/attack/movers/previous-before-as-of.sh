#!/usr/bin/env bash
# previous is counted from the newest snapshot of all, and restoreAsOf filters what is left.
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=tests/movers/mover.sh
. "$here/../../movers/mover.sh"

choose() {
  history="$(own)"
  total="$(jq length <<<"$history")"
  history="$(newest_first)"
  history="$(jq -c ".[${KOPIA_PREVIOUS:-0}:]" <<<"$history")"
  [ -n "${KOPIA_RESTORE_AS_OF:-}" ] && history="$(not_after "$KOPIA_RESTORE_AS_OF")"
  [ -n "${KOPIA_SHALLOW:-}" ] && [ "$KOPIA_SHALLOW" -gt 0 ] && history="$(jq -c ".[:$KOPIA_SHALLOW]" <<<"$history")"
  chosen="$(jq -r '.[0].id // empty' <<<"$history")"
}

main "$@"

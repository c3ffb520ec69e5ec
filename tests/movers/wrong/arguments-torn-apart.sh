# shellcheck shell=bash disable=SC2034,SC2154,SC2317
# The user's arguments are split at every space.
additional() {
  local joined="${KOPIA_ADDITIONAL_ARGS:-}"
  # shellcheck disable=SC2206
  extra=(${joined//|VOLSYNC_ARG_SEP|/ })
}

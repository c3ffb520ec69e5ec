# shellcheck shell=bash disable=SC2317
# Only what exists is deleted; of a dangling link the test says that it does not.
empty_volume() {
  [ "${KOPIA_ENABLE_FILE_DELETION:-}" = true ] || return 0
  local one
  for one in "$DATA_DIR"/* "$DATA_DIR"/.[!.]*; do
    if [ -e "$one" ] && [ "${one##*/}" != lost+found ]; then rm -rf "$one"; fi
  done
}

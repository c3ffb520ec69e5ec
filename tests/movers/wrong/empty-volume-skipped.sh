# shellcheck shell=bash disable=SC2034,SC2154,SC2317
# A backup of an empty volume does nothing, says nothing and succeeds.
backup() {
  if [ -z "$(ls -A "$DATA_DIR")" ]; then
    return
  fi
  open_repository backup
  additional
  retention
  take_snapshot
}

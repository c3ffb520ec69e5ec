# shellcheck shell=bash disable=SC2034,SC2154,SC2317
# A restore that stops half way is reported as success.
restore_chosen() {
  loudly kopia snapshot restore --no-progress "$chosen" "$DATA_DIR" || true
  rm -rf "$DATA_DIR/private"
}

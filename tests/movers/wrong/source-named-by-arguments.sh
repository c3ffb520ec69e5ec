# shellcheck shell=bash disable=SC2034,SC2154,SC2317
# A snapshot is recorded under the identity that the additional arguments name.
take_snapshot() {
  echo "Creating snapshot for $(username)@$(hostname_):$(snapshot_path)"
  local source=("--override-source=$(snapshot_path)")
  case " ${extra[*]}" in *" --override-source"*) source=() ;; esac
  loudly kopia snapshot create --no-progress "${extra[@]}" "${source[@]}" "$DATA_DIR" ||
    fail "the snapshot could not be created"
}

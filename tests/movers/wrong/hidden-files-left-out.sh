# shellcheck shell=bash disable=SC2034,SC2154,SC2317
# The volume is copied by *, which matches no name that begins with a dot, and the copy is backed up.
take_snapshot() {
  local copy="$work/copy"
  mkdir "$copy"
  cp -a "$DATA_DIR"/* "$copy" || fail "the volume could not be copied"
  loudly kopia snapshot create --no-progress "${extra[@]}" --override-source="$(snapshot_path)" "$copy" ||
    fail "the snapshot could not be created"
}

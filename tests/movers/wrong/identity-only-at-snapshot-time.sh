# shellcheck shell=bash disable=SC2034,SC2154,SC2317
# The identity is not given when the repository is opened, but with each snapshot.
identity_flags() { flags=(); }
take_snapshot() {
  echo "Creating snapshot for $(username)@$(hostname_):$(snapshot_path)"
  loudly kopia snapshot create --no-progress "${extra[@]}" \
    --override-source="$(username)@$(hostname_):$(snapshot_path)" "$DATA_DIR" || fail "the snapshot could not be created"
}

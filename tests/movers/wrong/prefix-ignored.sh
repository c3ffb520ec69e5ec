# shellcheck shell=bash disable=SC2034,SC2154,SC2317
# The path prefix of the repository is dropped.
location() { bucket="${KOPIA_REPOSITORY#s3://}"; bucket="${bucket%%/*}"; prefix=""; }

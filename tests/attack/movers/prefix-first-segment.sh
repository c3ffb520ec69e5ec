#!/usr/bin/env bash
# Of a bucket path with several segments only the first one becomes the prefix.
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=tests/movers/mover.sh
. "$here/../../movers/mover.sh"

location() {
  local rest="${KOPIA_REPOSITORY#s3://}"
  bucket="${KOPIA_S3_BUCKET:-${rest%%/*}}"
  prefix=""
  case "$rest" in */?*) prefix="${rest#*/}"; prefix="${prefix%%/*}/" ;; esac
}

main "$@"

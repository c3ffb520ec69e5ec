# shellcheck shell=bash disable=SC2034,SC2154,SC2317
# Every repository is opened with the same cache, which holds the keys of the first one.
cache_flags() { cache=(--cache-directory="$KOPIA_CACHE_DIR/kopia"); }

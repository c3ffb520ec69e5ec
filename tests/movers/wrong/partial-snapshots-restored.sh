# shellcheck shell=bash disable=SC2034,SC2154,SC2317
# A snapshot that lacks files is restored as the newest.
list_all() { kopia snapshot list --all --json; }

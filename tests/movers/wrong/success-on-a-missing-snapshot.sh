# shellcheck shell=bash disable=SC2034,SC2154,SC2317
# A restore that finds nothing reports success.
nothing_found() { exit 0; }

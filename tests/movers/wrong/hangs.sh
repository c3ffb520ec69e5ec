# shellcheck shell=bash disable=SC2034,SC2154,SC2317
# A restore without a snapshot waits for one for ever.
nothing_found() { trap "" TERM; while :; do sleep 1; done; }

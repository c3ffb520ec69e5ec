# shellcheck shell=bash disable=SC2034,SC2154,SC2317
# restoreAsOf is compared letter by letter.
not_after() { jq -c --arg limit "$1" '[.[] | select(.endTime <= $limit)]' <<<"$history"; }

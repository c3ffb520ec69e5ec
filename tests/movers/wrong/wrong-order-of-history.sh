# shellcheck shell=bash disable=SC2034,SC2154,SC2317
# A history is counted from its oldest end.
newest_first() { jq -c "$instant"'sort_by(.endTime | instant)' <<<"$history"; }

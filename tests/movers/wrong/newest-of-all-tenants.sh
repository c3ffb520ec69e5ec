# shellcheck shell=bash disable=SC2034,SC2154,SC2317
# A restore takes the newest snapshot of the repository, whoever it belongs to.
own() { printf '%s' "$all"; }

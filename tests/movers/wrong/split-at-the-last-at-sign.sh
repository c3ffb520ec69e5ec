# shellcheck shell=bash disable=SC2034,SC2154,SC2317
# The identity is put together as user@host and split again at the last @.
whole="$KOPIA_OVERRIDE_USERNAME@$KOPIA_OVERRIDE_HOSTNAME"
username() { printf '%s' "${whole%@*}"; }
hostname_() { printf '%s' "${whole##*@}"; }

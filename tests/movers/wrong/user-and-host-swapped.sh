# shellcheck shell=bash disable=SC2034,SC2154,SC2317
# Username and hostname change places.
username() { printf '%s' "$KOPIA_OVERRIDE_HOSTNAME"; }
hostname_() { printf '%s' "$KOPIA_OVERRIDE_USERNAME"; }

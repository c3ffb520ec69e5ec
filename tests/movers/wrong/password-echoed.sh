# shellcheck shell=bash disable=SC2034,SC2154,SC2317
# The password of the repository is written to the log.
announce() {
  echo "connecting with password $KOPIA_PASSWORD"
  echo "KOPIA_OVERRIDE_USERNAME=$KOPIA_OVERRIDE_USERNAME KOPIA_OVERRIDE_HOSTNAME=$KOPIA_OVERRIDE_HOSTNAME"
}

#!/bin/sh
# The least network plugin: pods of this cluster reach nobody, or share the network of the host.
case "$CNI_COMMAND" in
VERSION) echo '{"cniVersion": "0.4.0", "supportedVersions": ["0.4.0"]}' ;;
ADD) echo '{"cniVersion": "0.4.0", "interfaces": [], "ips": [{"version": "4", "address": "10.88.0.2/24"}]}' ;;
esac

# shellcheck shell=bash disable=SC2034,SC2154,SC2317
# A negative number is an index from the end of the history, so -1 takes the oldest snapshot.
counts() { :; }

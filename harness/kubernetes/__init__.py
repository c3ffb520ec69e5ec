"""A Kubernetes API: with an API server of our own or on a cluster, and who runs the Jobs there."""

"""A Kubernetes API without a cluster, and the operator that runs against it."""

"""A Kubernetes cluster of one node, for what the suite does where the pods run by themselves."""

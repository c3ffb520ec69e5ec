"""Connect to a Kubernetes API, start an operator on it, and run its Jobs with or without a cluster."""

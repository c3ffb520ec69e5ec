"""The reference as an operator process: the same Decisions, hosted on a Kubernetes API."""

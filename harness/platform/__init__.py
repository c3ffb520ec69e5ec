"""Operators: manifests in, mover jobs out, results in, status out."""

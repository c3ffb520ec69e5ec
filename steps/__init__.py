"""The phrases of the features: each converts, calls one verb of the harness, and returns or checks."""

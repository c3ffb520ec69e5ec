"""Define the phrases of the features. Each step converts, calls one verb of the harness, and returns or checks."""

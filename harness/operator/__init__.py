"""The seam to an operator, and the simulated one: manifests in, Jobs of the mover out, results in, status out."""

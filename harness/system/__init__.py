"""Wrap the machine: processes, sandboxes, files, the container engine, and the clean-up of a run."""

"""The machine: processes, sandboxes, files, the container engine, and what ends a run."""

"""The pytest plugin: options, cases, start and end of a run, verdicts."""

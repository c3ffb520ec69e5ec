"""The run around the scenarios: options, cases, start and end, verdicts."""

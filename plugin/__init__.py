"""The pytest plugin: command-line options, test cases, start and end of a run, verdicts and report."""

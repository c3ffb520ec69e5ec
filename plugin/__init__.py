"""Connect the suite to pytest: options, test cases, start and end of a run, verdicts and report."""

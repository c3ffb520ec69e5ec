"""Call kopia, read repositories with the Observer, and prepare the repositories of a scenario."""

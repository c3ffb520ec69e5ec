"""Kopia: the client, the Observer that reads repositories, and the repositories of a scenario."""

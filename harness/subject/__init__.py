"""Describe the subject under test: its platform, its mover, and the variants that it follows."""

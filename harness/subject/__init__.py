"""The subject under test: its platform, its mover, and the variants of the document that it follows."""

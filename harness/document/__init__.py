"""The document under test: its claims, its known defects, and its rules for identities."""

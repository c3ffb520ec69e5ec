"""The document's rules as pure functions, and the ledger of its claims."""

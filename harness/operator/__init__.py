"""Define the interface between scenarios and an operator, and simulate an operator in memory."""

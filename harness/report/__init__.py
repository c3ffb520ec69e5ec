"""From outcomes to verdicts, and to what people and machines read."""

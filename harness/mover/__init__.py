"""Run movers: each takes a MoverJob and returns a MoverResult."""

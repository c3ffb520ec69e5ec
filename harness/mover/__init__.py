"""Movers: a MoverJob in, a MoverResult out."""

"""Movers: a job in, a result out."""

"""Declare the objects of a scenario, sync them, and record what happened."""

"""One scenario's world: declare objects, sync them, and record what happened."""

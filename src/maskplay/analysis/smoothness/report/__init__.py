"""Reports on a model at a point."""

"""What activations do to norms, and initializers that undo it."""

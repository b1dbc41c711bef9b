"""What happens to signals and gradients on their way through a model."""

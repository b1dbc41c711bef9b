"""A loss as a function of all weights, with its gradient and its curvature."""

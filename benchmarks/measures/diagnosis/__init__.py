"""Models that are broken on purpose, healthy ones, and what a diagnosis says of them."""

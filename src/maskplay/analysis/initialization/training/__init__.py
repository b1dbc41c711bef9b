"""Before training and during it: data-dependent scales, and a watch on signals."""

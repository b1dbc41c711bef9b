"""Eigenvalues and traces of symmetric matrices that are known by their products with vectors. NumPy only."""

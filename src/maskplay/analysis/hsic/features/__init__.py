"""Kernel matrices as products of thin ones: exact, random, and streamed."""

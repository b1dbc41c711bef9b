"""Two columns of numbers: exact statistics in O(n log n)."""

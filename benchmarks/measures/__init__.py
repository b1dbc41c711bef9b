"""What the benchmark scripts share: one measure a file."""

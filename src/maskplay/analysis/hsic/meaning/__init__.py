"""What a dependence means: its size, what carries it, and whether the test can be trusted."""

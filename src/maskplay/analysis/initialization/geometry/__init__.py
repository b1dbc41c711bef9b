"""Random matrices and angles."""

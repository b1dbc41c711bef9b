"""Sequence models for Keras 3 whose masks can be seen, composed and proven."""

__version__ = "0.1.0"

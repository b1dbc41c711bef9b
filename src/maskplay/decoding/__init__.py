"""Scores to spans, votes and probabilities (NumPy only)."""

from maskplay.decoding.best_spans import best_spans
from maskplay.decoding.span import Span

__all__ = ["Span", "best_spans"]

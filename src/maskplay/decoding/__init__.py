"""Scores to spans, votes and probabilities (NumPy only)."""

from maskplay.decoding.best_spans import best_spans
from maskplay.decoding.calibration import Calibration
from maskplay.decoding.calibration_error import brier, expected_calibration_error
from maskplay.decoding.expected_score import expected_score_choice, overlap_f1, span_probabilities
from maskplay.decoding.length_prior import LengthPrior
from maskplay.decoding.normalise_answer import normalise_answer
from maskplay.decoding.numerals import arabic_numerals
from maskplay.decoding.precision_curve import PrecisionCurve
from maskplay.decoding.relevance import Relevance, relevance
from maskplay.decoding.span import Span
from maskplay.decoding.span_table import SpanTable
from maskplay.decoding.vote import Ranked, margin, vote
from maskplay.decoding.vote_features import VOTE_FEATURES, vote_features

__all__ = [
    "VOTE_FEATURES",
    "Calibration",
    "LengthPrior",
    "PrecisionCurve",
    "Ranked",
    "Relevance",
    "Span",
    "SpanTable",
    "arabic_numerals",
    "best_spans",
    "brier",
    "expected_calibration_error",
    "expected_score_choice",
    "margin",
    "normalise_answer",
    "overlap_f1",
    "relevance",
    "span_probabilities",
    "vote",
    "vote_features",
]

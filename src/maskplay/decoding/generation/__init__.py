"""Logits to texts: sampling and beam search over whatever gives the logits of the next token."""

from maskplay.decoding.generation.beam_search import beam_search
from maskplay.decoding.generation.constraint import Constraint
from maskplay.decoding.generation.draw import draw
from maskplay.decoding.generation.minimum_length import MinimumLength
from maskplay.decoding.generation.never import Never
from maskplay.decoding.generation.no_repeat import NoRepeat
from maskplay.decoding.generation.one_of import OneOf
from maskplay.decoding.generation.step import Step
from maskplay.decoding.generation.texts import Texts

__all__ = [
    "Constraint",
    "MinimumLength",
    "Never",
    "NoRepeat",
    "OneOf",
    "Step",
    "Texts",
    "beam_search",
    "draw",
]

"""The attention masks, each made in its own way."""

from maskplay.masks.makers.bidirectional import bidirectional
from maskplay.masks.makers.blank_filling import blank_filling
from maskplay.masks.makers.causal import causal
from maskplay.masks.makers.matrix import matrix
from maskplay.masks.makers.packed import packed
from maskplay.masks.makers.padding import padding, padding_from_lengths
from maskplay.masks.makers.permutation import permutation
from maskplay.masks.makers.prefix import prefix, prefix_from_lengths
from maskplay.masks.makers.ranked import ranked
from maskplay.masks.makers.sliding_window import sliding_window

__all__ = [
    "bidirectional",
    "blank_filling",
    "causal",
    "matrix",
    "packed",
    "padding",
    "padding_from_lengths",
    "permutation",
    "prefix",
    "prefix_from_lengths",
    "ranked",
    "sliding_window",
]

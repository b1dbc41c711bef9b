"""Who may look at what: padding masks and what they keep, attention masks as values.

A mask is boolean, True = keep. Where a mask keeps nothing the result is still defined, never NaN.
"""

from maskplay.masks.attention import attention
from maskplay.masks.attention_mask import AttentionMask
from maskplay.masks.comparison import Comparison
from maskplay.masks.explanation import Explanation
from maskplay.masks.extrema import masked_max, masked_min
from maskplay.masks.keep import keep
from maskplay.masks.lowering import Lowered
from maskplay.masks.makers import (
    bidirectional,
    blank_filling,
    causal,
    matrix,
    packed,
    permutation,
    prefix,
    prefix_from_lengths,
    ranked,
    sliding_window,
)
from maskplay.masks.moments import masked_mean, masked_sum, masked_variance
from maskplay.masks.padding import padding_mask_from_ids, padding_mask_from_lengths
from maskplay.masks.parse import MaskSyntaxError, parse
from maskplay.masks.reverse_kept import reverse_kept
from maskplay.masks.softmax import masked_logsumexp, masked_softmax

# isort: split
# After the module of the same name, which would take its place.
from maskplay.masks.makers.padding import padding, padding_from_lengths

__all__ = [
    "AttentionMask",
    "Comparison",
    "Explanation",
    "Lowered",
    "MaskSyntaxError",
    "attention",
    "bidirectional",
    "blank_filling",
    "causal",
    "keep",
    "masked_logsumexp",
    "masked_max",
    "masked_mean",
    "masked_min",
    "masked_softmax",
    "masked_sum",
    "masked_variance",
    "matrix",
    "packed",
    "padding",
    "padding_from_lengths",
    "padding_mask_from_ids",
    "padding_mask_from_lengths",
    "parse",
    "permutation",
    "prefix",
    "prefix_from_lengths",
    "ranked",
    "reverse_kept",
    "sliding_window",
]

"""Who may look at what: padding masks, and what they keep.

A mask is boolean, True = keep. Where a mask keeps nothing the result is still defined, never NaN.
"""

from maskplay.masks.extrema import masked_max, masked_min
from maskplay.masks.keep import keep
from maskplay.masks.moments import masked_mean, masked_sum, masked_variance
from maskplay.masks.padding import padding_mask_from_ids, padding_mask_from_lengths
from maskplay.masks.reverse_kept import reverse_kept
from maskplay.masks.softmax import masked_logsumexp, masked_softmax

__all__ = [
    "keep",
    "masked_logsumexp",
    "masked_max",
    "masked_mean",
    "masked_min",
    "masked_softmax",
    "masked_sum",
    "masked_variance",
    "padding_mask_from_ids",
    "padding_mask_from_lengths",
    "reverse_kept",
]

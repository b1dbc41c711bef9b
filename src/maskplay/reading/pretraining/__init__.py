"""What a reader learns from texts of which nobody has asked anything: hidden words, from what stands around them."""

from maskplay.reading.pretraining.options import PretrainingOptions
from maskplay.reading.pretraining.pretrain import pretrain

__all__ = ["PretrainingOptions", "pretrain"]

"""What an attention mask is made of: two leaves of O(length), a matrix, and "every" and "some" of them."""

from maskplay.masks.terms.logic import EVERYTHING, NOTHING, Every, Some, Term, every, some
from maskplay.masks.terms.matrix import Matrix
from maskplay.masks.terms.ranks import Ranks
from maskplay.masks.terms.segments import Segments

__all__ = ["EVERYTHING", "NOTHING", "Every", "Matrix", "Ranks", "Segments", "Some", "Term", "every", "some"]

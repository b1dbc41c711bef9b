"""A stretch of text with an array for each thing known of its characters."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Stretch:
    """Some consecutive characters.

    Attributes:
        text: them.
        arrays: by name, `(len(text), ...)` each.
    """

    text: str
    arrays: Mapping[str, np.ndarray]

    def joined(self, other: "Stretch") -> "Stretch":
        """Append the characters that follow; both have the same arrays, or one is empty.

        >>> Stretch("ab", {"n": np.arange(2)}).joined(Stretch("c", {"n": np.array([7])})).arrays["n"].tolist()
        [0, 1, 7]
        """
        if not self.text:
            return other
        return Stretch(
            self.text + other.text,
            {name: np.concatenate([array, other.arrays[name]]) for name, array in self.arrays.items()},
        )

    def part(self, first: int, last: int) -> "Stretch":
        """Give the characters from `first` to before `last`."""
        return Stretch(self.text[first:last], {name: a[first:last] for name, a in self.arrays.items()})

    def having(self, **arrays: np.ndarray) -> "Stretch":
        """Add arrays."""
        return Stretch(self.text, {**self.arrays, **arrays})


EMPTY = Stretch("", {})

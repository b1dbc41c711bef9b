"""Numbers that are sizes."""

import math
from collections.abc import Sequence

from maskplay.geometry.gluing_error import GluingError

SMALLEST, LARGEST = 1e-40, 1e40
"""Between which sizes are: so that no volume's square leaves the range of floating point."""


def positive(what: str, sizes: Sequence[float], ratio: float = math.inf) -> list[float]:
    """Check sizes.

    Args:
        what: begins the sentence of the error.
        sizes: must be positive and finite, and from `SMALLEST` to `LARGEST`.
        ratio: the largest may be at most so many times the smallest.

    Raises:
        GluingError: naming what was received.
    """
    numbers = [float(size) for size in sizes]
    received = ", ".join(f"{number:g}" for number in numbers)
    if not all(math.isfinite(number) and number > 0 for number in numbers):
        raise GluingError(f"{what} must be positive numbers. Received: {received}")
    if min(numbers) < SMALLEST or max(numbers) > LARGEST:
        raise GluingError(f"{what} must be from {SMALLEST:g} to {LARGEST:g}. Received: {received}")
    if max(numbers) > ratio * min(numbers):
        raise GluingError(f"{what} must not differ more than {ratio:g}-fold. Received: {received}")
    return numbers

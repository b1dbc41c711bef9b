"""How long the sequence among a model's inputs is."""

from typing import Any

from maskplay.masks.audit._leaves import Leaves, Name
from maskplay.masks.audit._sequence import find_sequence


def sequence_length(model: Any, inputs: Any, *, mask_input: Name | None = None) -> int:
    """Count the positions of the sequence that the checks look at.

    Args:
        model: As for `check_leakage`.
        inputs: See there.
        mask_input: See there.

    Raises:
        TypeError: An input is no number, or a mask is not boolean.
        ValueError: There is no sequence among the inputs, or a mask does not fit.

    >>> import numpy as np
    >>> sequence_length(None, {"age": np.zeros((2, 3)), "ids": np.ones((2, 5), int)})
    5
    """
    return find_sequence(model, Leaves.of_inputs(model, inputs), mask_input=mask_input).length

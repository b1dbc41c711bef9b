"""What a part of a network gives, as an array."""

from typing import Any

import numpy as np


def as_array(found: Any) -> np.ndarray:
    """Give an array or a tensor of the backend as an array; waits for the tensor, if it is still being computed."""
    if isinstance(found, np.ndarray):
        return found  # Keras may not even be there: a part may be of NumPy
    from keras import ops

    array: np.ndarray = ops.convert_to_numpy(found)
    return array

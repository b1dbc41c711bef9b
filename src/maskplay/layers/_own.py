"""An initializer for each weight."""

from typing import Any

import keras


def own(initializer: Any) -> Any:
    """Copy an initializer: one object gives the same numbers each time it is asked.

    >>> import keras
    >>> first = keras.initializers.RandomNormal()
    >>> bool(keras.ops.all(first((5,)) == first((5,)))), bool(keras.ops.all(first((5,)) == own(first)((5,))))
    (True, False)
    """
    return initializer.clone() if isinstance(initializer, keras.initializers.Initializer) else initializer

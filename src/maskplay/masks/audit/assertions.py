"""The checks for a test suite: plain assertion errors that end in the test itself."""

from typing import Any

from maskplay.masks.audit.check_leakage import check_leakage
from maskplay.masks.audit.check_padding import check_padding
from maskplay.masks.audit.leakage_error import LeakageError
from maskplay.masks.audit.padding_error import PaddingError


def assert_no_leakage(model: Any, mask: Any, inputs: Any = None, **settings: Any) -> None:
    """Assert that a network looks where its mask says, and nowhere else.

    Args:
        model: As for `check_leakage`, like all that follows.
        mask: See there.
        inputs: See there.
        **settings: See there.

    Raises:
        AssertionError: It does not; the text is that of `LeakageError`.

    >>> import keras, numpy as np
    >>> x = np.random.default_rng(0).normal(size=(2, 5, 3))
    >>> assert_no_leakage(keras.layers.Dense(4), np.eye(5, dtype=bool), x)
    """
    __tracebackhide__ = True
    try:
        check_leakage(model, mask, inputs, **settings)
    except LeakageError as error:
        raise AssertionError(str(error)) from None


def assert_padding_invariant(model: Any, inputs: Any = None, **settings: Any) -> None:
    """Assert that neither the content nor the amount of padding changes what a model says of the rest.

    Args:
        model: As for `check_padding`, like all that follows.
        inputs: See there.
        **settings: See there.

    Raises:
        AssertionError: It does; the text is that of `PaddingError`.

    >>> import keras, numpy as np
    >>> ids = np.array([[3, 1, 4, 1, 5], [2, 7, 0, 0, 0]])
    >>> assert_padding_invariant(keras.Sequential([keras.layers.Embedding(9, 4), keras.layers.Dense(3)]), ids)
    """
    __tracebackhide__ = True
    try:
        check_padding(model, inputs, **settings)
    except PaddingError as error:
        raise AssertionError(str(error)) from None

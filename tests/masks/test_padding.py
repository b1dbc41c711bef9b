"""Masks from ids and from lengths."""

import keras
import numpy as np
import pytest
from keras import ops

from maskplay.masks import padding_mask_from_ids, padding_mask_from_lengths


def test_from_ids():
    ids = np.array([[5, 0, 3], [0, 0, 0]])
    assert ops.convert_to_numpy(padding_mask_from_ids(ids)).tolist() == [[True, False, True], [False] * 3]
    assert ops.convert_to_numpy(padding_mask_from_ids(ids, pad=5)).tolist() == [
        [False, True, True],
        [True] * 3,
    ]
    assert (
        keras.backend.standardize_dtype(padding_mask_from_ids(keras.Input((None,), dtype="int32")).dtype)
        == "bool"
    )


def test_from_lengths():
    mask = ops.convert_to_numpy(padding_mask_from_lengths(np.array([[2, 0], [3, 7]]), length=3))
    assert mask.dtype == bool
    assert mask.tolist() == [[[True, True, False], [False] * 3], [[True] * 3, [True] * 3]]
    assert ops.convert_to_numpy(padding_mask_from_lengths([-1, 1], length=2)).tolist() == [
        [False] * 2,
        [True, False],
    ]
    assert padding_mask_from_lengths(keras.Input((), dtype="int32"), length=5).shape == (None, 5)


@pytest.mark.parametrize(
    ("lengths", "length", "error", "text"),
    [
        ([True, False], 3, TypeError, r"lengths must be numbers of positions. Received: booleans"),
        ([1.0], 3, TypeError, r"lengths must be whole numbers. Received: float"),
        ([1], "3", TypeError, r"length must be a whole number. Received: '3'"),
        ([1], True, TypeError, r"length must be a whole number. Received: True"),
        ([1], 2.0, TypeError, r"length must be a whole number. Received: 2.0"),
        ([1], -1, ValueError, r"length must be at least 0. Received: -1"),
    ],
)
def test_what_are_no_lengths_is_refused(lengths, length, error, text):
    with pytest.raises(error, match=text):
        padding_mask_from_lengths(lengths, length)
    with pytest.raises(error, match=text):
        padding_mask_from_lengths(ops.convert_to_tensor(lengths), length)

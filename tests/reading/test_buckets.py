import numpy as np
import pytest

from maskplay.reading.buckets import PASSAGE_LENGTHS, bucket, padded


@pytest.mark.parametrize(
    ("length", "expected"), [(0, 3), (1, 3), (3, 3), (4, 7), (7, 7), (8, 14), (14, 14), (15, 28)]
)
def test_the_smallest_that_holds(length, expected):
    assert bucket(length, (3, 7)) == expected


def test_passage_lengths_rise():
    assert list(PASSAGE_LENGTHS) == sorted(set(PASSAGE_LENGTHS))


def test_padding_is_zero_after_each_row_and_in_rows_that_are_not_there():
    array = padded([np.array([5, 6], np.int32), np.array([], np.int32)], count=3, length=2)
    assert array.dtype == np.int32
    assert array.tolist() == [[5, 6], [0, 0], [0, 0]]

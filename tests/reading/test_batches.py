"""Batches hold every text once, fit, and pad as little as any choice of full batches does."""

from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maskplay.reading.batches import _CALL, batches
from maskplay.reading.buckets import PASSAGE_LENGTHS, bucket, row_sizes

POSITIONS = 1024
LENGTHS = st.lists(st.integers(1, PASSAGE_LENGTHS[-1]), max_size=7).map(sorted)


def cost(lengths, cuts, exact, positions=POSITIONS):
    total = 0
    for first, last in pairwise(cuts):
        count, longest = last - first, lengths[last - 1]
        length = longest if exact else bucket(longest, PASSAGE_LENGTHS)
        rows = count if exact else min(size for size in row_sizes(positions // length) if size >= count)
        total += rows * length + _CALL
    return total


def is_allowed(lengths, cuts, exact):
    """Whether all batches fit, and all but the first are of an allowed size."""
    for first, last in pairwise(cuts):
        length = lengths[last - 1] if exact else bucket(lengths[last - 1], PASSAGE_LENGTHS)
        sizes = row_sizes(POSITIONS // length)
        if last - first > sizes[-1] or (first and last - first not in sizes):
            return False
    return True


@pytest.mark.parametrize("exact", [False, True])
@settings(deadline=None, max_examples=60)
@given(lengths=LENGTHS)
def test_no_choice_of_full_batches_costs_less(exact, lengths):
    found = batches(lengths, POSITIONS, exact=exact)
    cuts = [0, *(part.stop for part in found)]
    assert [part.start for part in found] == cuts[:-1]
    assert cuts[-1] == len(lengths)
    assert is_allowed(lengths, cuts, exact)
    choices = []
    for inner in product([False, True], repeat=max(0, len(lengths) - 1)):
        others = sorted({0, *(place for place, cut in enumerate(inner, 1) if cut), len(lengths)})
        if is_allowed(lengths, others, exact):
            choices.append(cost(lengths, others, exact))
    assert cost(lengths, cuts, exact) == min(choices)


def test_texts_of_a_page_are_hardly_padded():
    lengths = sorted(300 + 7 * number for number in range(90))
    cuts = [0, *(part.stop for part in batches(lengths, 16384))]
    assert cost(lengths, cuts, exact=False, positions=16384) < 1.25 * sum(lengths)

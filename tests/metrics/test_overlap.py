"""Shared runs and bags, against brute force."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from maskplay.metrics import common_bag, longest_common_run

few = st.lists(st.sampled_from(["a", "b", "cc"]), max_size=9)


@settings(deadline=None)
@given(few, few)
def test_longest_common_run_is_the_longest(first, second):
    runs = {tuple(second[i:j]) for i in range(len(second)) for j in range(i, len(second) + 1)}
    best = max(
        (j - i for i in range(len(first)) for j in range(i, len(first) + 1) if tuple(first[i:j]) in runs),
        default=0,
    )
    found = longest_common_run(first, second)
    assert len(found) == best
    assert not found or tuple(found) in runs


def test_longest_common_run_takes_the_earliest():
    assert longest_common_run("abxcd", "cdyab") == "ab"


@settings(deadline=None)
@given(few, few)
def test_common_bag_uses_each_token_once(first, second):
    expected = {token: min(first.count(token), second.count(token)) for token in first if token in second}
    assert Counter(common_bag(first, second)) == expected

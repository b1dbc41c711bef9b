"""Beam search against looking at every text, and against beam search written the plain way."""

import keras
import numpy as np
import pytest
from keras import ops

from maskplay.decoding.generation import MinimumLength, Never, NoRepeat, OneOf, beam_search

from .generation_models import END, Models, lists, run

PENALTIES = (0.0, 0.7, -0.5)


def search(models, width, **options):
    return run(
        lambda: beam_search(
            models,
            models.cache(width),
            models.first,
            width=width,
            end=END,
            capacity=models.capacity,
            **options,
        )
    )


def same(found, wanted):
    assert [t for _, t in found] == [t for _, t in wanted]
    np.testing.assert_allclose([s for s, _ in found], [s for s, _ in wanted], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("penalty", PENALTIES)
def test_a_width_that_covers_the_space_is_exhaustive_search(penalty):
    models = Models(211)
    texts = list(models.all_texts())
    assert len(texts) == 40
    found = search(models, 27, best=40, length_penalty=penalty)
    for row in range(211):
        same(lists(found, row), models.ranking(row, penalty))


def test_the_best_alone_is_the_best_of_all():
    """The search may stop early, but not too early."""
    models = Models(101, seed=1)
    for penalty in (0.0, 1.5):
        one = search(models, 27, best=1, length_penalty=penalty)
        for row in range(101):
            same(lists(one, row), models.ranking(row, penalty)[:1])


def plain(models, row, width, penalty, longest, best):
    """Beam search with lists: every open text ends once, and the `width` best continuations stay open."""
    open_, ended = [(0.0, ())], []
    for depth in range(longest + 1):
        candidates = []
        for total, text in open_:
            code = sum(t * models.vocabulary**i for i, t in enumerate(text))
            logits = models.logits[row, depth, code].astype("float64")
            likely = logits - np.log(np.exp(logits).sum())
            ended.append(((total + likely[END]) / (depth + 1) ** penalty, text))
            candidates += [(total + likely[t], (*text, t)) for t in range(models.vocabulary) if t != END]
        open_ = sorted(candidates, reverse=True)[:width]
    return sorted(ended, reverse=True)[:best]


@pytest.mark.parametrize(("width", "best"), [(1, 1), (2, 2), (4, 3)])
def test_narrow_searches_are_those_of_the_plain_way(width, best):
    models = Models(67, seed=2)
    found = search(models, width, best=best, length_penalty=0.6, max_length=2)
    for row in range(67):
        same(lists(found, row), plain(models, row, width, 0.6, 2, best))


def test_a_finished_text_is_not_touched_again():
    """The likely short text stays the best, though what is written over it goes on being likely."""
    models = Models(1, capacity=3)
    models.logits[:] = 0
    models.logits[0, 0, 0] = [9, 0, 0, 8]  # the end is nearly as likely as 0, behind which all is open
    found = lists(search(models, 2, best=2, length_penalty=0.0), 0)
    assert found[0][1] == ()
    assert found[0][0] == pytest.approx(models.log_probability(0, ()), abs=1e-5)


CONSTRAINTS = {
    "never": (Never((1,)), lambda t: 1 not in t),
    "minimum": (MinimumLength(2, END), lambda t: len(t) >= 2),
    "no token twice": (NoRepeat(1), lambda t: len(set(t)) == len(t)),
    "no pair twice": (NoRepeat(2), lambda t: len(t) < 3 or t[:2] != t[1:]),
    "runs longer than texts": (NoRepeat(5), lambda t: True),
    "one of": (
        OneOf([(), (0,), (0, 1), (2, 2, 1), (2, 2, 0)], END),
        lambda t: t in {(), (0,), (0, 1), (2, 2, 1), (2, 2, 0)},
    ),
}


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_constraints_prune_and_change_no_score(name):
    constraint, holds = CONSTRAINTS[name]
    models = Models(31, seed=3)
    texts = [t for t in models.all_texts() if holds(t)]
    found = search(models, 27, best=40, constraints=(constraint,))
    for row in range(31):
        same(lists(found, row), models.ranking(row, 1.0, texts))


def test_constraints_join():
    models = Models(7, seed=4)
    found = search(models, 27, best=40, constraints=(NoRepeat(1), MinimumLength(1, END), Never((0,))))
    texts = [(1,), (2,), (1, 2), (2, 1)]
    for row in range(7):
        same(lists(found, row), models.ranking(row, 1.0, texts))


def test_where_nothing_is_allowed_the_text_ends():
    models = Models(5, seed=5)
    found = search(models, 9, best=40, constraints=(Never((0, 1)), NoRepeat(1), MinimumLength(3, END)))
    for row in range(5):
        same(lists(found, row), models.ranking(row, 1.0, [(2,)]))


def test_a_row_does_not_depend_on_its_batch():
    models = Models(6, seed=6)
    together = search(models, 3, best=2)
    for row in (0, 5):
        alone = Models(1)
        alone.logits = models.logits[row : row + 1]
        same(lists(search(alone, 3, best=2), 0), lists(together, row))


def test_rows_that_fill_the_batch_are_not_waited_for():
    steps = []
    models = Models(2, seed=7)
    models.logits[0, :, :, END] = 50  # ends at once

    def step(cache, texts, slots, index):
        steps.append(1)
        return models(cache, texts, slots, index)

    found = beam_search(
        step, models.cache(2), models.first, width=2, end=END, capacity=3, live=ops.array([True, False])
    )
    assert lists(found, 0)[0][1] == ()
    if keras.backend.backend() == "torch":  # others trace the loop once
        assert len(steps) <= 1


def test_an_empty_list_is_refused():
    with pytest.raises(ValueError, match="at least one text that may be written"):
        OneOf([], END)
    with pytest.raises(ValueError, match="at least 1 token"):
        NoRepeat(0)

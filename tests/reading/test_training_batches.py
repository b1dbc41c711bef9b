"""The batches of an epoch: every pair once, the labels where the answers are, and no false negatives."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from maskplay.datasets import Example, Passage, Reference
from maskplay.reading.buckets import PASSAGE_LENGTHS
from maskplay.reading.training_batches import TrainingBatches
from maskplay.reading.training_data import TrainingData

from .conftest import encoder, random_text


def corpus() -> list[Example]:
    """60 passages of many lengths, one of them with 20 questions; some pairs without an answer."""
    rng = np.random.default_rng(1)
    texts = [random_text(int(n), seed=i) for i, n in enumerate(rng.integers(10, 400, 60))]
    examples = []
    for i in range(150):
        text = texts[0] if i < 20 else texts[int(rng.integers(60))]
        start = int(rng.integers(0, len(text) - 3))
        own = Passage(text, (Reference(text[start : start + 3], start),))
        other = Passage(texts[int(rng.integers(60))])
        passages = (own, other) if i % 3 == 0 and other.text != text else (own,)
        examples.append(Example(str(i), f"山{i}", passages))
    return examples


@pytest.fixture(scope="module")
def data():
    return TrainingData().add(corpus(), encoder())


@pytest.fixture(scope="module")
def batches(data):
    return TrainingBatches(data, positions=2048, negatives=0.5, seed=3)


@pytest.mark.parametrize("epoch", [0, 1])
def test_every_pair_is_planned_once(data, batches, epoch):
    planned = Counter(pair for plan in batches.plan(epoch) for pair in plan)
    assert planned == Counter(data.pairs)


def test_the_order_depends_on_seed_and_epoch_alone(data, batches):
    again = TrainingBatches(data, positions=2048, negatives=0.5, seed=3)
    other = TrainingBatches(data, positions=2048, negatives=0.5, seed=4)
    assert again.plan(1) == batches.plan(1)
    assert batches.plan(1) != batches.plan(0)
    assert other.plan(0) != batches.plan(0)
    again.plan(0)  # what was asked before does not matter
    for number in (0, 5):
        one, two = (b.batch(1, number) for b in (batches, again))
        for name, array in one.inputs.items():
            np.testing.assert_array_equal(array, two.inputs[name])
        np.testing.assert_array_equal(one.labels, two.labels)
        np.testing.assert_array_equal(one.weights, two.weights)


def rows_of(batch):
    """For each real pair: its question's and its passage's ids without padding, and its labels."""
    for i in np.flatnonzero(batch.weights):
        question = batch.inputs["question_characters"][i]
        passage = batch.inputs["passage_characters"][batch.inputs["row"][i]]
        yield tuple(question[question > 0]), tuple(passage[passage > 0]), batch.labels[i]


def test_batches_hold_their_pairs_with_the_labels_where_the_answers_are(data, batches):
    known = {
        (tuple(data.questions[p.question].characters), tuple(data.passages[p.passage].characters)): p
        for p in data.pairs
    }
    negatives = 0
    for number, plan in enumerate(batches.plan(0)):
        batch = batches.batch(0, number)
        seen = Counter()
        for question, passage, labels in rows_of(batch):
            pair = known.get((question, passage))
            spans = pair.spans if pair else ()
            seen[pair] += 1
            expected = np.zeros_like(labels)
            for start, end in spans:
                expected[start, 0] = expected[end - 1, 1] = 1
                expected[start:end, 2] = 1
            expected[: len(passage), 3] = 1
            np.testing.assert_array_equal(labels, expected)
        negatives += seen.pop(None, 0)
        assert seen == Counter(plan)  # so that no added pair is one that the data know
    assert 20 < negatives < 0.5 * len(data.pairs)


def test_an_added_question_is_never_asked_where_its_answer_may_be():
    """One question, two passages that answer it and one where it could not be located, in every batch."""
    texts = [random_text(40, seed=i) for i in range(3)]
    examples = [
        Example("1", "甲", (Passage(texts[0], (Reference(texts[0][:2], 0),)),)),
        Example("2", "甲", (Passage(texts[1], (Reference(texts[1][:2], 0),)),)),
        Example("3", "甲", (Passage(texts[2], (Reference("不在", None),)),)),
        Example("4", "乙", (Passage(texts[2], (Reference(texts[2][5:7], 5),)),)),
    ]
    batches = TrainingBatches(TrainingData().add(examples, encoder()), positions=2048, negatives=1.0)
    added = set()
    for epoch in range(30):
        (plan,) = batches.plan(epoch)
        batch = batches.batch(epoch, 0)
        for i in np.flatnonzero(batch.weights)[len(plan) :]:
            assert not batch.labels[i, :, :3].any()
            added.add(tuple(batch.inputs["question_characters"][i][:1]))
            passage = batch.inputs["passage_characters"][batch.inputs["row"][i]]
            assert (passage[:40] != encoder()(texts[2]).characters).any()
    (second,) = encoder()("乙").characters
    assert added == {(second,)}


def test_an_added_question_is_asked_of_the_passage_that_shares_its_words():
    examples = [
        Example("1", "主峰大地", (Passage("主峰,大地", (Reference("主峰", 0),)),)),
        Example("2", "火", (Passage("火,火" * 9, (Reference("火", 0),)),)),
        Example("3", "木", (Passage("流水,大地,流水", (Reference("流水", 0),)),)),
    ]
    data = TrainingData().add(examples, encoder())
    batches = TrainingBatches(data, positions=2048, negatives=1.0)
    for epoch in range(9):
        batch = batches.batch(epoch, 0)
        asked = batch.inputs["question_characters"][:, :4].tolist()
        (own,) = {tuple(ids.characters) for ids in data.questions[:1]}
        (added,) = [
            batch.inputs["passage_characters"][batch.inputs["row"][i]]
            for i in np.flatnonzero(batch.weights)
            if tuple(asked[i]) == own and not batch.labels[i, :, 0].any()
        ]
        assert tuple(added[added > 0]) == tuple(data.passages[2].characters)


def test_weights_make_the_mean_over_the_pairs_that_are_there(batches):
    for number, plan in enumerate(batches.plan(0)):
        batch = batches.batch(0, number)
        real = batch.weights > 0
        assert batch.weights.sum() == pytest.approx(len(batch.weights))
        assert len(set(batch.weights[real])) == 1
        assert real[: len(plan)].all()
        assert not batch.labels[~real].any()


def test_shapes_are_few_and_bounded(batches):
    shapes = set()
    for epoch in (0, 1):
        for number in range(len(batches.plan(epoch))):
            batch = batches.batch(epoch, number)
            rows, length = batch.inputs["passage_characters"].shape
            pairs = len(batch.weights)
            assert length in PASSAGE_LENGTHS
            assert pairs * length <= 2048 or pairs <= 8
            assert {a.shape[0] for name, a in batch.inputs.items() if name.startswith("question")} == {pairs}
            assert batch.labels.shape == (pairs, length, 4)
            shapes.add((rows, pairs, length))
    assert len(shapes) <= 2 * 4  # lengths up to 384, and a last batch that may have more


def test_there_must_be_something_to_train_on():
    with pytest.raises(
        ValueError, match=r"at least one pair of question and passage to train on\. Received none"
    ):
        TrainingBatches(TrainingData())


def test_each_epoch_may_have_data_of_its_own(data):
    shorter = [replace(data, pairs=data.pairs[:40]), replace(data, pairs=data.pairs[40:90])]
    drawn = []

    def vary(rng):
        drawn.append(rng.integers(10**9))
        return shorter[len(drawn) % 2]

    batches = TrainingBatches(data, positions=2048, negatives=0.0, seed=3, vary=vary)
    for _ in range(2):
        for epoch in (1, 2):
            learned = [
                i for number, _ in enumerate(batches.plan(epoch)) for i in _real(batches, epoch, number)
            ]
            assert len(learned) == (50, 40)[epoch - 1]
    assert drawn[0] == drawn[2] != drawn[1] == drawn[3]


def _real(batches, epoch, number):
    return np.flatnonzero(batches.batch(epoch, number).weights)

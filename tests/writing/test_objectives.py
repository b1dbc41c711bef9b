"""What each objective makes of an example, by hand; and that no label can be seen."""

import math

import numpy as np
import pytest
from keras import ops

from maskplay.models import TransformerConfig
from maskplay.models.compiled import compiled
from maskplay.writing import (
    LanguageModel,
    MaskedLM,
    Mixture,
    PermutationLM,
    SequenceToSequence,
    objective_named,
)
from maskplay.writing.objectives import Objective
from maskplay.writing.packing import packed_rows
from maskplay.writing.row import Encoded, Marks
from maskplay.writing.training_model import mask_of

MARKS = Marks(start=2, end=3, mask=4, others=np.arange(5, 17, dtype="int32"))
NONE = np.zeros(0, "int32")


def example(source, target, words=()):
    return Encoded(np.array(source, "int32"), np.array(target, "int32"), np.array(words, "int32"))


PAIR, TEXT = example([5, 6], [7, 8, 9]), example([], [5, 6, 7, 8])


def lists(row):
    return {name: values.tolist() for name, values in row._asdict().items()}


def test_a_language_model_by_hand():
    found = lists(LanguageModel().row(PAIR, MARKS, np.random.default_rng(0)))
    assert found == {
        "tokens": [2, 5, 6, 3, 7, 8, 9, 3],
        "segments": [0, 0, 0, 0, 1, 1, 1, 1],
        "positions": [0, 1, 2, 3, 4, 5, 6, 7],
        "ranks": [0, 1, 2, 3, 4, 5, 6, 7],
        "seen": [1] * 8,
        "labels": [5, 6, 3, 7, 8, 9, 3, 0],
    }
    targets = lists(LanguageModel(target_only=True).row(PAIR, MARKS, np.random.default_rng(0)))
    assert targets == {**found, "labels": [0, 0, 0, 7, 8, 9, 3, 0]}
    assert lists(LanguageModel().row(TEXT, MARKS, None))["labels"] == [5, 6, 7, 8, 3, 0]


def test_sequence_to_sequence_by_hand():
    found = lists(SequenceToSequence().row(PAIR, MARKS, np.random.default_rng(0)))
    assert found["ranks"] == [0, 0, 0, 0, 1, 2, 3, 4]
    assert found["labels"] == [0, 0, 0, 7, 8, 9, 3, 0]
    cut = lists(SequenceToSequence().row(TEXT, MARKS, np.random.default_rng(0)))
    place = cut["tokens"].index(3)
    assert cut["tokens"] == [2, *[5, 6, 7, 8][: place - 1], 3, *[5, 6, 7, 8][place - 1 :], 3]
    assert cut["ranks"] == [0] * (place + 1) + list(range(1, 7 - place))
    assert [x for x in cut["labels"] if x] == [*[5, 6, 7, 8][place - 1 :], 3]


def test_whole_words_are_hidden():
    words = [0, 0, 1, 3, 3, 3, 4]
    objective, long = MaskedLM(share=0.3), example([5, 6, 7], [8, 9, 10, 11], words)
    for seed in range(40):
        row = objective.row(long, MARKS, np.random.default_rng(seed))
        labels = np.delete(row.labels, [0, 4, 9])  # without the marks, which are never hidden
        assert row.labels[[0, 4, 9]].tolist() == [0, 0, 0]
        assert (row.ranks == 0).all()
        for word in set(words):
            hidden = row.labels[[1, 2, 3, 5, 6, 7, 8]][np.array(words) == word] > 0
            assert hidden.all() or not hidden.any()
        assert (labels > 0).sum() >= 2
        assert (row.labels[row.tokens == MARKS.mask] > 0).all()


def test_of_hidden_tokens_most_are_masked():
    text = example([], np.full(4000, 5))
    row = MaskedLM(share=0.5, whole_words=False).row(text, MARKS, np.random.default_rng(0))
    hidden = row.tokens[row.labels > 0]
    assert len(hidden) == 2000
    assert (hidden == MARKS.mask).mean() == pytest.approx(0.8, abs=0.04)
    assert (hidden == 5).mean() == pytest.approx(0.1 + 0.1 / 12, abs=0.03)


@pytest.mark.parametrize("shuffle", ["mask", "input"])
def test_a_permutation_by_hand(shuffle):
    row = PermutationLM(share=0.4, shuffle=shuffle).row(PAIR, MARKS, np.random.default_rng(1))
    count, asked = 8, row.tokens[8:]
    assert asked.tolist() == [MARKS.mask] * 3  # 0.4 of 7
    order = row.positions[:count][np.argsort(row.ranks[:count])]
    assert sorted(order) == list(range(8))
    assert order[0] == 0
    tokens = np.array([2, 5, 6, 3, 7, 8, 9, 3])
    assert (row.tokens[:count] == tokens[row.positions[:count]]).all()
    assert (row.labels[count:] == tokens[row.positions[count:]]).all()
    assert sorted(row.positions[count:]) == sorted(order[-3:])
    turn = {int(place): n for n, place in enumerate(order)}
    assert row.ranks[count:].tolist() == [turn[int(place)] - 1 for place in row.positions[count:]]
    assert row.seen.tolist() == [1] * 8 + [0] * 3
    if shuffle == "input":
        assert row.ranks[:count].tolist() == list(range(8))
    else:
        assert row.positions[:count].tolist() == list(range(8))


OBJECTIVES = {
    "lm": LanguageModel(),
    "seq2seq": SequenceToSequence(),
    "mlm": MaskedLM(share=0.4),
    "plm": PermutationLM(share=0.5),
    "plm by input": PermutationLM(share=0.5, shuffle="input"),
}
NETWORK = {"vocabulary_size": 17, "width": 12, "depth": 2, "heads": 2, "hidden": 9, "max_positions": 40}


@pytest.fixture(scope="module", params=["absolute", "rotary", "relative"])
def say(request):
    """What a network with random weights says of rows, each in a batch of its own form."""
    config = TransformerConfig(**NETWORK, positions=request.param, head="masked_lm")
    network = config.layer()
    network.build((None, None))
    rng = np.random.default_rng(7)
    for weight in network.trainable_weights:
        weight.assign(rng.normal(float(weight.path.endswith("gamma")), 0.3, weight.shape))

    def program(x):
        return network(x["tokens"], x["segments"], x["positions"], mask=mask_of(x))

    run = compiled(network, program)

    def said(bins, alone=()):
        """With `alone`, the row is said again for each of these parts of it, emptied but for that part."""
        arrays = packed_rows(bins, len(bins), 24)
        for part in alone:
            for name, array in arrays.items():
                emptied = np.zeros_like(array[:1])
                emptied[:, part] = array[:1, part]
                arrays[name] = np.concatenate([array, emptied])
        labels = arrays.pop("labels")
        logits = run({name: ops.convert_to_tensor(array) for name, array in arrays.items()})
        return ops.convert_to_numpy(logits), labels

    return said


def test_shuffling_the_mask_is_shuffling_the_input(say):
    rows = [
        PermutationLM(0.5, shuffle).row(PAIR, MARKS, np.random.default_rng(6))
        for shuffle in ("mask", "input")
    ]
    assert rows[0].positions.tolist() != rows[1].positions.tolist()
    logits, labels = say([[row] for row in rows])
    np.testing.assert_array_equal(labels[0], labels[1])
    asked = labels[0] > 0
    np.testing.assert_allclose(logits[0, asked], logits[1, asked], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", [name for name in OBJECTIVES if name != "mlm"])
def test_a_label_cannot_be_seen_where_it_is_said(say, name):
    """Whatever token stands in the label's place, what is said there stays the same.

    A masked language model replaces what is hidden; its mask hides nothing.
    """
    base = OBJECTIVES[name].row(PAIR, MARKS, np.random.default_rng(9))
    last = int(np.flatnonzero(base.labels)[-1])
    place = base.positions[last] if "plm" in name else base.positions[last] + 1
    changed = base.tokens.copy()
    found = (base.positions == place) & (base.seen == 1)
    assert found.sum() == 1
    changed[found] = 11
    logits, _ = say([[base], [base._replace(tokens=changed)]])
    np.testing.assert_allclose(logits[0, last], logits[1, last], rtol=1e-4, atol=1e-5)
    others = np.flatnonzero(base.seen)
    assert abs(logits[0, others] - logits[1, others]).max() > 1e-3  # it is not that nothing matters


def test_packed_is_unpacked(say):
    """A row says the same alone, and behind others."""
    rows = [
        OBJECTIVES[name].row(one, MARKS, np.random.default_rng(4))
        for name, one in (("seq2seq", PAIR), ("plm", TEXT), ("mlm", PAIR))
    ]
    assert sum(len(row.tokens) for row in rows) == 24
    together, labels = say([rows, [], []])
    alone, own = say([[row] for row in rows])
    begin = 0
    for number, row in enumerate(rows):
        stop = begin + len(row.tokens)
        np.testing.assert_array_equal(labels[0, begin:stop], own[number, : len(row.tokens)])
        np.testing.assert_allclose(
            together[0, begin:stop], alone[number, : len(row.tokens)], rtol=1e-4, atol=1e-5
        )
        begin = stop


def test_neighbours_in_a_row_change_no_bit(say):
    """At the same place, with its neighbours or without them, a row says the same to the last bit."""
    rows = [
        OBJECTIVES[name].row(one, MARKS, np.random.default_rng(4))
        for name, one in (("seq2seq", PAIR), ("plm", TEXT), ("mlm", PAIR))
    ]
    stops = np.cumsum([len(row.tokens) for row in rows])
    parts = [slice(stop - len(row.tokens), stop) for stop, row in zip(stops, rows, strict=True)]
    logits, labels = say([rows], parts)
    for number, part in enumerate(parts, 1):
        np.testing.assert_array_equal(labels[0, part], labels[number, part])
        np.testing.assert_array_equal(logits[0, part], logits[number, part])


@pytest.mark.parametrize("name", OBJECTIVES)
@pytest.mark.parametrize("one", [PAIR, TEXT, example([], [5])])
def test_rows_are_as_long_as_was_said(name, one):
    row = OBJECTIVES[name].row(one, MARKS, np.random.default_rng(0))
    assert {len(values) for values in row} == {OBJECTIVES[name].length(one)}
    assert (row.labels > 0).any()
    assert all(values.dtype == np.int32 for values in row)


def test_names():
    assert objective_named("seq2seq") == SequenceToSequence()
    mixture = objective_named("mlm:3, plm")
    assert [(type(part), share) for part, share in mixture.parts()] == [
        (MaskedLM, 0.75),
        (PermutationLM, 0.25),
    ]
    assert mixture.words
    with pytest.raises(ValueError, match=r"one of seq2seq, lm, mlm, plm\. Received: 'bert'"):
        objective_named("bert")
    with pytest.raises(ValueError, match=r"weight of lm must be a number\. Received: 'x'"):
        objective_named("lm:x")
    with pytest.raises(ValueError, match=r"weight of lm must be a number\. Received: ''"):
        objective_named("lm:")
    with pytest.raises(ValueError, match=r"named once\. Received lm twice: 'lm:1,mlm,lm:2'"):
        objective_named("lm:1,mlm,lm:2")
    for alone in ("lm:0", "lm:nan"):
        with pytest.raises(ValueError, match=r"The weight of LanguageModel\(.*\) must be"):
            objective_named(alone)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: MaskedLM(share=0), "share must be above 0"),
        (lambda: PermutationLM(share=2), "share must be above 0"),
        (lambda: PermutationLM(shuffle="both"), 'shuffle must be "mask" or "input"'),
        (lambda: Mixture({}), "A mixture needs at least one"),
        *(
            (lambda weight=weight: Mixture({LanguageModel(): weight, MaskedLM(): 2}), message)
            for weight, message in [
                (-1, "above 0"),
                (0, "above 0"),
                (math.nan, "finite"),
                (math.inf, "finite"),
            ]
        ),
    ],
)
def test_wrong_objectives_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_weights_are_numbers_of_objectives():
    for weight in (True, "1", None):
        with pytest.raises(TypeError, match=r"The weight of LanguageModel\(.*\) must be a number"):
            Mixture({LanguageModel(): weight})
    with pytest.raises(TypeError, match=r"objective_named knows their names\. Received: 'lm'"):
        Mixture({"lm": 1})
    assert (
        repr(Mixture({LanguageModel(): np.float32(2)})) == "Mixture({LanguageModel(target_only=False): 1.0})"
    )


def test_an_objective_of_ones_own_says_what_it_lacks():
    with pytest.raises(NotImplementedError, match="Objective must override length"):
        Objective().length(PAIR)

"""Batches, packing, and runs that are stopped."""

import json
import shutil
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maskplay.writing import LanguageModel, Mixture, PermutationLM, SequenceToSequence, TrainingOptions
from maskplay.writing.held_out import held_out
from maskplay.writing.packing import packed_plan
from maskplay.writing.training_batches import TrainingBatches
from maskplay.writing.training_data import PairsLeftOut, training_data

from .conftest import backwards, small_writer

OPTIONS = TrainingOptions(epochs=2, length=24, rows=4, warmup=3, seed=5)


@given(st.lists(st.integers(1, 10), max_size=200))
def test_plans_hold_everything_once_and_nothing_overflows(lengths):
    bins = packed_plan(lengths, 10)
    assert sorted(i for things in bins for i in things) == list(range(len(lengths)))
    assert all(0 < sum(lengths[i] for i in things) <= 10 for things in bins)
    assert len(bins) <= 2 * sum(lengths) / 10 + 33  # at most half empty, but for the open ones


def batches(objective=None, length=24, rows=4, pairs=None):
    coder = small_writer(depth=1).coder
    objective = objective or SequenceToSequence()
    data = training_data(pairs or backwards(), coder, objective, length)
    return TrainingBatches(data, objective, length=length, rows=rows, seed=5)


def test_an_epoch_has_every_pair_once():
    found, wanted = batches(), 0
    said = 0
    for epoch in (0, 1):
        for number in range(found.steps(epoch)):
            batch = found.batch(epoch, number)
            assert batch.weights.sum() == pytest.approx(1)
            assert ((batch.weights > 0) == (batch.labels > 0)).all()
            assert set(batch.inputs) == {
                "tokens", "segments", "positions", "ranks", "seen", "documents",
            }  # fmt: skip
            said += (batch.labels > 0).sum()
        wanted += sum(len(pair.target) + 1 for pair in backwards())
        assert said == wanted


def test_batches_depend_on_seed_and_epoch_alone():
    objective = Mixture({SequenceToSequence(): 1, LanguageModel(): 1, PermutationLM(): 1})
    one, other = batches(objective), batches(objective)
    other.batch(1, 0)
    for name, array in one.batch(0, 1).inputs.items():
        np.testing.assert_array_equal(array, other.batch(0, 1).inputs[name])
    assert (one.batch(0, 0).labels != one.batch(1, 0).labels).any()


def test_loss_packed_is_loss_unpacked():
    writer, pairs = small_writer(depth=1), backwards()[:21]
    packed = writer.perplexity(pairs, length=24, rows=4)
    alone = [np.log(writer.perplexity([pair], length=9, rows=1)) * (len(pair.target) + 1) for pair in pairs]
    mean = sum(alone) / sum(len(pair.target) + 1 for pair in pairs)
    assert np.log(packed) == pytest.approx(mean, rel=1e-5)


def test_long_texts_are_cut_and_long_pairs_left_out():
    coder = small_writer(depth=1).coder
    objective = Mixture({LanguageModel(): 1, PermutationLM(share=0.5): 1})
    pairs = [("", "abcd" * 9), ("ab" * 20, "a"), ("a", "")]
    with pytest.warns(PairsLeftOut, match=r"2 of 3 pairs have no target, or more tokens.*length=16"):
        data = training_data(pairs, coder, objective, 16)
    assert [len(one.target) for one in data.examples] == [9, 9, 9, 9]  # 9 and 2 marks, and 5 that are asked
    with pytest.raises(ValueError, match=r"fits into length=16 positions.*Received: 1 pairs"):
        training_data([("ab" * 20, "a")], coder, SequenceToSequence(), 16)
    with pytest.raises(ValueError, match="room for a token and the marks"):
        training_data([("", "a")], coder, SequenceToSequence(), 2)


class Stopped(Exception):
    pass


def run(folder, stop=None, options=OPTIONS, pairs=None, hidden=64, **more):
    writer = small_writer(depth=1, dropout=0.1, hidden=hidden)
    for weight in writer.network.trainable_weights:
        weight.assign(np.random.default_rng(len(weight.shape)).normal(0, 0.1, weight.shape))

    def tell(progress):
        if progress.step == stop:
            raise Stopped

    history = writer.fit(
        pairs or backwards()[:60],
        options=options,
        folder=folder,
        tell=tell,
        **{"validation": backwards()[60:], **more},
    )
    return writer, history


def test_a_run_that_was_stopped_goes_on_to_the_same_end(tmp_path):
    options = replace(OPTIONS, save_every=0.0)
    whole, history = run(tmp_path / "whole", options=options)
    with pytest.raises(Stopped):
        run(tmp_path / "stopped", history[-1]["step"] // 2 + 2, options=options)
    resumed, again = run(tmp_path / "stopped", options=options)
    assert [row["perplexity"] for row in again] == pytest.approx([row["perplexity"] for row in history])
    for one, other in zip(whole.network.get_weights(), resumed.network.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)
    assert [row["epoch"] for row in again] == [0, 1]
    with pytest.raises(
        ValueError, match=r"data and options that it began with.*learning_rate: it has 0.0005"
    ):
        run(tmp_path / "stopped", options=replace(options, learning_rate=1e-3))
    with pytest.raises(ValueError, match=r"differs in objective: it has '.*', received 'Lang[^;]*$"):
        run(tmp_path / "stopped", options=options, objective=LanguageModel())
    with pytest.raises(ValueError, match=r"differs in validation: it has '\w{64}', received '\w{64}'\. Use"):
        run(tmp_path / "stopped", options=options, validation=backwards()[:60])
    with pytest.raises(ValueError, match=r"differs in network\.hidden: it has 64, received 48\. Use"):
        run(tmp_path / "stopped", options=options, hidden=48)
    file = tmp_path / "stopped" / "last" / "state.json"
    state = json.loads(file.read_text())
    for change, message in (
        ({"step": "x"}, "last is damaged: step must be a whole number from 0 to .* Received: 'x'"),
        ({"step": -5}, "step must be .* Received: -5"),
        ({"history": [1]}, "history must have epoch, step and loss of 2 epochs"),
        ({"history": []}, "history must have epoch, step and loss of 2 epochs"),
        ({"lost": None}, "lost must be a number"),
    ):
        file.write_text(json.dumps(state | {"progress": state["progress"] | change}))
        with pytest.raises(ValueError, match=message):
            run(tmp_path / "stopped", options=options)
    file.write_text("{")
    with pytest.raises(
        ValueError, match=r"last is damaged.*Remove last and best from .*stopped to begin again"
    ):
        run(tmp_path / "stopped", options=options)
    file.write_text(json.dumps(state))
    shutil.rmtree(tmp_path / "stopped" / "best")
    with pytest.raises(ValueError, match=r"best is damaged: it must be there after an epoch"):
        run(tmp_path / "stopped", options=options)


def test_a_loss_that_is_no_number_ends_the_run_with_advice():
    writer = small_writer(depth=1)
    weight = writer.network.trainable_weights[0]
    weight.assign(np.full(weight.shape, np.nan))
    with pytest.raises(FloatingPointError, match="Lower the learning rate, or look at the pairs") as told:
        writer.fit(backwards()[:9], options=OPTIONS)
    assert "read doctor" not in str(told.value)


def test_checkpoints_are_not_put_into_a_writer(tmp_path):
    small_writer(depth=1).save(tmp_path / "writer")
    with pytest.raises(ValueError, match=r"which holds a writer\. Name another, such as .*writer\.training"):
        run(tmp_path / "writer")


def test_the_folder_of_checkpoints_has_a_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        ValueError, match=r"folder must be one for checkpoints alone\. Received: ''\. Name one"
    ):
        run("")
    assert not list(tmp_path.iterdir())


def test_the_best_epoch_is_kept():
    options = replace(OPTIONS, epochs=3, learning_rate=0.3, warmup=1)  # far too high
    writer, history = run(None, options=options)
    best = min(row["perplexity"] for row in history)
    assert writer.perplexity(backwards()[60:], length=24, rows=4) == pytest.approx(best, rel=1e-4)


def test_neighbours_are_held_out_together():
    pairs = [(str(i), "x") for i in range(1000)]
    learned, held = held_out(pairs, seed=1, share=0.1)
    assert len(learned) + len(held) == 1000
    assert len(held) == 100
    numbers = sorted(int(source) for source, _ in held)
    assert sum(b - a > 1 for a, b in pairwise(numbers)) <= 2
    assert len(held_out(pairs[:2], 0)[1]) == 1
    with pytest.raises(ValueError, match="at least two pairs"):
        held_out(pairs[:1], 0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": 0}, "epochs must be at least 1"),
        ({"learning_rate": 1.5}, "learning_rate must be above 0"),
        ({"length": 0}, "length must be at least 1"),
    ],
)
def test_wrong_options_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        TrainingOptions(**options)


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ("ab", r"pairs must be several: \[\(source, target\), …\]\. Received: 'ab'"),
        (["ab"], r"pairs\[0\] must be two texts: \(source, target\)\. Received: 'ab'"),
        ([("a", "b"), ("a", "b", "c")], r"pairs\[1\] must be two texts"),
        ([("a", None)], r"pairs\[0\] must be two texts"),
        ([{"source": "a", "target": "b"}], r"pairs\[0\] must be two texts"),
        (3, "pairs must be several"),
    ],
)
def test_pairs_are_pairs(pairs, message):
    writer = small_writer(depth=1)
    for use in (writer.fit, writer.perplexity, writer.evaluate):
        with pytest.raises(TypeError, match=message):
            use(pairs)
    with pytest.raises(TypeError, match=message.replace("pairs", "validation", 1)):
        writer.fit(backwards(), validation=pairs)


def test_an_objective_is_no_name():
    with pytest.raises(TypeError, match=r"objective_named knows their names\. Received: 'mlm'"):
        small_writer(depth=1).fit(backwards(), objective="mlm")
    with pytest.raises(ValueError, match="rows must be at least 1"):
        small_writer(depth=1).perplexity(backwards(), rows=0)


def test_rows_longer_than_the_network_are_refused():
    with pytest.raises(ValueError, match=r"length must be at most the network's 40 positions\. Received: 64"):
        small_writer(depth=1).fit(backwards(), options=TrainingOptions(length=64))

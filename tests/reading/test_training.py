"""Training: the same for the same seed, and exactly resumed after a kill at any moment."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from maskplay.datasets import Example, Passage, Reference
from maskplay.models import AlignedReader, ReaderNetwork
from maskplay.reading.training import TrainingOptions, training_run
from maskplay.reading.training_batches import TrainingBatches
from maskplay.reading.training_data import TrainingData

from .conftest import encoder, random_text

OPTIONS = TrainingOptions(
    epochs=2, learning_rate=0.02, warmup=2, ema=0.7, positions=256, negatives=0.2, seed=5, save_every=0.0
)


class Killed(BaseException):
    """As by a signal: nothing in between catches it."""


def batches(options=OPTIONS, count=11) -> TrainingBatches:
    texts = [random_text(20 + i, seed=i) for i in range(count)]
    examples = [
        Example(str(i), text[3:5], (Passage(text, (Reference(text[5:8], 5),)),))
        for i, text in enumerate(texts)
    ]
    data = TrainingData().add(examples, encoder())
    return TrainingBatches(data, positions=options.positions, negatives=options.negatives, seed=options.seed)


def build(seed=OPTIONS.seed):
    encode = encoder()
    keras.utils.set_random_seed(seed)
    return AlignedReader(
        len(encode.vocabulary),
        len(encode.vectors),
        encode.vectors.dim,
        width=8,
        encoder_dilations=(1,),
        asker_dilations=(1,),
        key_dim=4,
        asker_width=8,
        heads=1,
        ngrams=(1, 2),
        dropout=0.1,
    ).build()


def variables(training) -> dict[str, np.ndarray]:
    return {name: np.array(variable) for name, variable in training._state._variables()}


def same(one, other):
    assert one.keys() == other.keys()
    for name, array in one.items():
        np.testing.assert_array_equal(array, other[name], err_msg=name)


def score(training):
    """A score that falls from epoch to epoch, so that the first is the best."""
    return {
        "score": -float(training.step),
        "seen": float(np.abs(np.array(training.model.trainable_variables[0])).sum()),
    }


class Watch:
    """What is told: losses, and the first weight after every step."""

    def __init__(self, training, until=10**9):
        self.training, self.until, self.told, self.weights = training, until, [], []

    def __call__(self, progress):
        self.told.append(progress)
        self.weights.append(np.array(self.training.model.trainable_variables[0]))
        if progress.step >= self.until:
            raise Killed


@pytest.fixture(scope="module")
def straight(tmp_path_factory, compile_quickly):
    """A run that nothing stops: what it began with, what it told, what it ended with."""
    training = training_run(build(), "softmax", batches(), OPTIONS, tmp_path_factory.mktemp("run"))
    first = variables(training)
    watch, validated = Watch(training), []

    def validate():
        validated.append((training.step, np.array(training.model.trainable_variables[0])))
        return score(training)

    training.run(validate, watch)
    return training, first, watch, validated, variables(training)


def test_every_step_is_told(straight):
    training, _, watch, _, _ = straight
    assert [p.step for p in watch.told] == list(range(1, training.steps + 1))
    assert {p.steps for p in watch.told} == {training.steps}
    assert [p.epoch for p in watch.told] == [0] * training._counts[0] + [1] * training._counts[1]
    assert training._counts[0] >= 5
    assert watch.told[0].per_second == 0
    assert all(p.per_second > 0 for p in watch.told[1:])


def test_the_loss_falls(straight):
    losses = [p.loss for p in straight[2].told]
    assert np.isfinite(losses).all()
    assert np.mean(losses[-4:]) < 0.8 * np.mean(losses[:2])


def test_word_vectors_stay_as_they_are(straight):
    training, first, _, _, last = straight
    changed = {name for name in first if not np.array_equal(first[name], last[name])}
    for i, variable in enumerate(training.model.variables):
        if variable.path.endswith("words/embeddings"):
            assert f"model/{i}" not in changed
        elif variable.trainable:
            assert f"model/{i}" in changed, variable.path


def test_the_moving_average_is_what_is_validated(straight):
    _, _, watch, validated, _ = straight
    average = watch.weights[0]
    averages = [average]
    for weights in watch.weights[1:]:
        average = OPTIONS.ema * average + (1 - OPTIONS.ema) * weights
        averages.append(average)
    for step, seen in validated:
        np.testing.assert_allclose(seen, averages[step - 1], rtol=1e-4, atol=1e-6)
        assert np.abs(seen - watch.weights[step - 1]).max() > 1e-3


def test_history_has_a_row_for_each_epoch(straight):
    training, _, _, validated, _ = straight
    assert [(row["epoch"], row["step"], row["score"]) for row in training.history] == [
        (0, training._counts[0], -training._counts[0]),
        (1, training.steps, -training.steps),
    ]
    assert len(validated) == 2


def test_the_best_average_is_loaded(straight):
    """The first epoch's, by its score; twice gives the same."""
    training, _, _, validated, last = straight
    for _ in range(2):
        training.load_best()
        np.testing.assert_array_equal(np.array(training.model.trainable_variables[0]), validated[0][1])
    training._average.on_test_end()
    training._state.resume("last")
    same(variables(training), last)


def test_a_run_killed_again_and_again_ends_with_the_same_bits(straight, tmp_path):
    """In the middle of an epoch; in the validation after its last step; and then not any more."""
    whole, first, watch, _, last = straight
    killed = training_run(build(), "softmax", batches(), OPTIONS, tmp_path)
    same(variables(killed), first)  # the same seed gives the same beginning
    with pytest.raises(Killed):
        killed.run(lambda: score(killed), Watch(killed, until=4))

    second = training_run(build(seed=99), "softmax", batches(), OPTIONS, tmp_path)
    assert second.step == 3  # the checkpoint of the step before the kill
    heard = Watch(second)

    def dying():
        raise Killed

    with pytest.raises(Killed):
        second.run(dying, heard)
    assert [p.loss for p in heard.told] == [p.loss for p in watch.told[3 : whole._counts[0]]]

    third = training_run(with_lost_weights(second), "softmax", batches(), OPTIONS, tmp_path)
    assert third.step == whole._counts[0] - 1
    third.run(lambda: score(third), Watch(third))
    same(variables(third), last)
    assert third.history == whole.history

    # And a run that has ended has nothing left to do.
    third.run(dying, Watch(third, until=0))
    same(variables(third), last)


def with_lost_weights(training):
    """The network of a run that was killed, all of whose numbers are lost."""
    for variable in training.model.trainable_variables:
        variable.assign(np.full(variable.shape, 7.0))
    return network(training.model)


def network(model):
    return ReaderNetwork(None, None, None, 2, model)


@pytest.fixture
def resumed(straight, tmp_path):
    """Makes a run again from a copy of the straight run's folder, changed in some way; without a step."""
    folder = Path(shutil.copytree(straight[0]._state.folder, tmp_path / "run"))

    def resume(options=OPTIONS, data=None, identity=None):
        learned = data or batches(options)
        return training_run(network(straight[0].model), "softmax", learned, options, folder, identity)

    resume.folder = folder
    return resume


def test_a_kill_between_the_two_renames(straight, resumed):
    """The new checkpoint is not in its place yet, the old one not any more."""
    folder = resumed.folder
    (folder / "last").rename(folder / ".last.old")
    (folder / ".last.unfinished").mkdir()
    (folder / ".last.unfinished" / "variables.safetensors").write_bytes(b"half")
    training = resumed()
    assert training.step == straight[0].steps
    same(variables(training), straight[4])
    training._save("last")
    assert sorted(path.name for path in folder.iterdir()) == ["best", "last"]
    assert resumed().step == straight[0].steps


def test_the_old_checkpoint_stays_until_the_new_one_is_in_place(resumed, monkeypatch):
    """Killed between the renames, resumed, and killed there again: a checkpoint is left all the same."""
    folder = resumed.folder
    (folder / "last").rename(folder / ".last.old")
    training = resumed()

    def killed(*arguments):
        raise Killed

    monkeypatch.setattr("os.replace", killed)
    with pytest.raises(Killed):
        training._save("last")
    monkeypatch.undo()
    assert resumed().step == training.step


@pytest.mark.parametrize(
    "change", [{"learning_rate": 0.01}, {"epochs": 3}, {"seed": 6}, {"positions": 512}, {"ema": 0.9}], ids=str
)
def test_other_options_are_refused(resumed, change):
    name = next(iter(change))
    with pytest.raises(
        ValueError,
        match=rf"can only go on with the data and options .*last differs in .*{name}: it has .*, received ",
    ):
        resumed(replace(OPTIONS, **change))


def test_other_data_are_refused(resumed):
    with pytest.raises(
        ValueError, match=r"can only go on with the data and options that it began with.*pairs: it has 11"
    ):
        resumed(data=batches(count=12))
    with pytest.raises(ValueError, match=r"can only go on with .*vectors: it has None, received 'others'"):
        resumed(identity={"vectors": "others"})


def test_another_precision_is_refused(resumed):
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        with pytest.raises(ValueError, match="precision: it has 'float32', received 'mixed_bfloat16'"):
            resumed()
    finally:
        keras.config.set_dtype_policy("float32")


def test_how_often_to_save_may_change(straight, resumed):
    assert resumed(replace(OPTIONS, save_every=9.0)).step == straight[0].steps


def test_another_network_is_refused(resumed):
    keras.utils.set_random_seed(1)
    inputs = keras.Input((3,))
    model = keras.Model(inputs, keras.layers.Dense(2)(inputs))
    with pytest.raises(ValueError, match=r"last is of another network\. Use that, or another folder"):
        training_run(network(model), "softmax", batches(), OPTIONS, resumed.folder)


@pytest.mark.parametrize("name", ["state.json", "variables.safetensors"])
@pytest.mark.parametrize("content", [b"", b"half of", b"{}", b"null"])
def test_a_damaged_checkpoint_is_named(resumed, name, content):
    (resumed.folder / "last" / name).write_bytes(content)
    with pytest.raises(ValueError, match=r"last is damaged.*Remove last and best from .* to begin again"):
        resumed()


def test_a_full_disk_leaves_the_last_complete_checkpoint(straight, resumed):
    resource = pytest.importorskip("resource")
    training = resumed()
    before = {path: path.read_bytes() for path in sorted((resumed.folder / "last").iterdir())}
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            training._save("last")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert {path: path.read_bytes() for path in sorted((resumed.folder / "last").iterdir())} == before
    assert sorted(path.name for path in resumed.folder.iterdir()) == ["best", "last"]
    assert resumed().step == straight[0].steps


def test_a_checkpoint_is_json_and_safetensors(straight):
    for name in ("best", "last"):
        folder = straight[0]._state.folder / name
        assert sorted(path.name for path in folder.iterdir()) == ["state.json", "variables.safetensors"]
        assert json.loads((folder / "state.json").read_text(encoding="utf-8"))["progress"]["history"]


def test_a_loss_that_is_not_finite_stops_the_run(resumed, monkeypatch):
    folder = resumed.folder
    shutil.rmtree(folder)
    training = resumed()
    monkeypatch.setattr(training.model, "train_on_batch", lambda *a, **k: float("nan"))
    with pytest.raises(
        FloatingPointError, match=r"must stay finite. Received nan at step 0.*maskplay read doctor"
    ):
        training.run(lambda: score(training), Watch(training))
    assert not folder.exists()

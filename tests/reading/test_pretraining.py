"""Pretraining: words are hidden whole, said again, and what was learned is a reader that training starts from."""

from dataclasses import dataclass

import numpy as np
import pytest

from maskplay.models import AlignedReader, DGCNNReader
from maskplay.reading import Reader, fitting
from maskplay.reading.pretraining import PretrainingOptions, pretrain
from maskplay.reading.pretraining.hidden_words import HiddenWords
from maskplay.reading.text_encoder import Ids
from maskplay.text import WordVectors

from .conftest import HAN, fresh_reader

VECTORS = WordVectors(["山", "水"], [[1.0, 0.5], [-0.5, 1.0]])
OPTIONS = PretrainingOptions(epochs=12, learning_rate=0.02, warmup=10, length=32, positions=256)
TEXTS = [HAN[i:] + HAN + HAN for i in range(len(HAN))] * 2  # the next character is known from the last


@dataclass(frozen=True)
class Narrow(AlignedReader):
    """What is made here in place of the full width."""

    width: int = 16
    encoder_dilations: tuple[int, ...] = (1,)
    asker_dilations: tuple[int, ...] = (1,)
    key_dim: int = 4
    asker_width: int = 8
    heads: int = 1
    ngrams: tuple[int, ...] = (1,)


@pytest.fixture(autouse=True)
def _narrow(monkeypatch, compile_quickly):
    monkeypatch.setattr(fitting, "NETWORKS", {"aligned": Narrow})


def words(count: int, seed: int = 0) -> Ids:
    """Words of one to three characters; a word's characters have its id, a twentieth are unknown."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 4, count)
    ids = np.where(rng.random(count) < 0.05, 1, 2 + np.arange(count))
    return Ids(rng.integers(2, 50, sizes.sum()).astype(np.int32), np.repeat(ids, sizes).astype(np.int32))


def test_words_are_hidden_whole():
    given = words(4000)
    batches = HiddenWords([given], length=40, rows=4, share=0.2)
    hidden = shown = 0
    for number in range(batches.steps(0)):
        inputs, labels, weights = batches.batch(0, number)
        characters, ids = inputs["characters"].ravel(), inputs["words"].ravel()
        assert inputs["characters"].shape == inputs["words"].shape == (4, 40)
        assert labels.shape == weights.shape == inputs["places"].shape == (4 * 8,)
        said = np.zeros(160, bool)
        said[inputs["places"]] = True
        assert said.sum() == 32
        assert (weights == 1).all()
        # What is hidden is unknown as a character and as a word, what is not is as it was.
        gone = characters == 1
        assert not (gone & ~said).any()
        assert (ids[gone] == 1).all()
        assert (labels == characters[inputs["places"]])[~gone[inputs["places"]]].all()
        hidden, shown = hidden + gone.sum(), shown + (said & ~gone).sum()
        for row in range(4):
            parts = {}
            for cell in range(row * 40, row * 40 + 40):
                if ids[cell] > 1:
                    parts.setdefault(ids[cell], []).append(said[cell])
            # Of words that are seen all characters are said or none; the last one that was chosen may be cut.
            assert sum(len(set(part)) > 1 for part in parts.values()) <= 1
    assert 0.05 < shown / (hidden + shown) < 0.15


def test_labels_are_what_stood_there():
    given = Ids(np.arange(2, 1002, dtype=np.int32), np.ones(1000, np.int32))
    batches = HiddenWords([given], length=50, rows=3, share=0.1)
    inputs, labels, _ = batches.batch(0, 2)
    characters = inputs["characters"]
    for row, start in enumerate((characters - np.arange(50)).max(axis=1)):
        mine = inputs["places"] // 50 == row
        assert (labels[mine] == start + inputs["places"][mine] % 50).all()


def test_batches_depend_on_the_seed_and_the_epoch_alone():
    one, same, other = (HiddenWords([words(2000)], length=40, rows=4, share=0.2, seed=s) for s in (3, 3, 4))
    one.batch(1, 0)
    for epoch, number in ((0, 3), (1, 2)):
        found, again = one.batch(epoch, number), same.batch(epoch, number)
        assert all(np.array_equal(found.inputs[k], again.inputs[k]) for k in found.inputs)
        assert np.array_equal(found.labels, again.labels)
    assert not np.array_equal(one.batch(0, 0).labels, one.batch(1, 0).labels)
    assert not np.array_equal(one.batch(0, 0).labels, other.batch(0, 0).labels)


def test_an_unknown_character_teaches_nothing():
    given = Ids(np.ones(400, np.int32), np.ones(400, np.int32))
    assert not HiddenWords([given], length=40, rows=4, share=0.2).batch(0, 0).weights.any()


@pytest.fixture(scope="module")
def pretrained(tmp_path_factory, compile_quickly):
    """The reader, where it is, and what was noted."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fitting, "NETWORKS", {"aligned": Narrow})
        folder, noted = tmp_path_factory.mktemp("out") / "reader", []
        reader = pretrain(TEXTS, folder, vectors=VECTORS, options=OPTIONS, note=noted.append)
    return reader, folder, noted


def test_hidden_characters_are_learned(pretrained):
    _, _, noted = pretrained
    assert [row["epoch"] for row in noted] == list(range(12))
    assert noted[-1]["perplexity"] < 0.6 * noted[0]["perplexity"]
    assert noted[-1]["perplexity"] < len(HAN) / 3


def test_what_was_learned_is_a_reader_that_answers_nothing_yet(pretrained):
    reader, folder, _ = pretrained
    loaded = Reader.load(folder)
    assert loaded.encode.vectors.words == VECTORS.words
    for name, weight in reader.weights().items():
        assert np.allclose(loaded.weights()[name], weight, atol=2e-3, rtol=2e-3)
    assert loaded("山多高？", ["白云山高山流水", "主峰"]).text == ""


def test_a_run_that_was_stopped_goes_on(pretrained, tmp_path):
    stops = [3, pretrained[2][0]["step"] + 1]

    def stop(progress):
        if progress.step in stops:
            stops.remove(progress.step)
            raise KeyboardInterrupt

    while stops:
        with pytest.raises(KeyboardInterrupt):
            pretrain(TEXTS, tmp_path / "reader", vectors=VECTORS, options=OPTIONS, tell=stop)
    reader = pretrain(TEXTS, tmp_path / "reader", vectors=VECTORS, options=OPTIONS)
    for name, weight in pretrained[0].weights().items():
        assert np.allclose(reader.weights()[name], weight, atol=1e-6), name
    with pytest.raises(ValueError, match="can only go on with the data and options"):
        pretrain(TEXTS[1:], tmp_path / "reader", vectors=VECTORS, options=OPTIONS)
    with pytest.raises(ValueError, match="can only go on with the data and options"):
        pretrain(TEXTS, tmp_path / "reader", vectors=WordVectors(["山"], [[1.0, 0.5]]), options=OPTIONS)


def test_a_reader_goes_on_with_its_own_characters(tmp_path):
    start = fresh_reader()
    before = {name: weight.copy() for name, weight in start.weights().items()}
    options = PretrainingOptions(length=32, positions=256)
    reader = pretrain(TEXTS, tmp_path / "reader", start=start, options=options)
    assert reader.encode is start.encode
    changed = {name for name, weight in reader.weights().items() if not np.array_equal(weight, before[name])}
    assert any(name.startswith("encode_") for name in changed)
    assert not any(name.startswith(("ask_", "fuse", "scores", "weigh")) for name in changed)
    assert reader.judgement.calibration is None
    assert (reader.judgement.threshold, start.judgement.threshold) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("texts", "settings", "message"),
    [
        (
            [],
            {},
            r"at least 448 characters, blank ones not counted, and not .*Received: 0, of which 0 differ",
        ),
        (["".join(TEXTS)[:300], " " * 99], {}, r"Received: 301, of which 301 differ\. Add texts, or make"),
        (["白云山主峰高。"] * 999, {}, r"Received: 7,992, of which 8 differ"),
        (TEXTS, {"start": "dgcnn"}, r"must start from an aligned reader.*Received: DGCNNReader"),
        (TEXTS, {"start": "aligned", "vectors": VECTORS}, "word vectors stay.*and word vectors"),
    ],
)
def test_what_cannot_be_is_refused(texts, settings, message, tmp_path):
    if settings.get("start") == "dgcnn":
        reader = fresh_reader()
        settings = {"start": Reader(DGCNNReader(20, 5, 3), reader.encode, reader.judgement)}
    elif settings.get("start") == "aligned":
        settings = {**settings, "start": fresh_reader()}
    else:
        settings = {"vectors": VECTORS}
    with pytest.raises(ValueError, match=message):
        pretrain(texts, tmp_path / "reader", options=OPTIONS, **settings)
    assert not list(tmp_path.iterdir())


def test_texts_must_be_texts(tmp_path):
    with pytest.raises(TypeError, match=r"Pass \[text\]"):
        pretrain("山" * 999, tmp_path / "reader", options=OPTIONS)
    with pytest.raises(TypeError, match=r"must be a string\. Received: int"):
        pretrain(["山", 3], tmp_path / "reader", options=OPTIONS)


def test_one_long_text_is_enough(tmp_path):
    reader = pretrain(["".join(TEXTS)[:500]], str(tmp_path / "reader"), start=fresh_reader(), options=OPTIONS)
    assert isinstance(reader, Reader)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"length": 20000}, "at most positions=16384. Received: 20000"),
        ({"share": 1.0}, "share must be below 1"),
        ({"share": 0.0}, "at least one of length=512"),
    ],
)
def test_wrong_options(change, message):
    with pytest.raises(ValueError, match=message):
        PretrainingOptions(**change)

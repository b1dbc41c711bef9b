"""A reader as a folder: whole or not at all, and every fault has a name."""

import json
import shutil
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from maskplay.reading import Reader, reader_files
from maskplay.reading.pretraining import pretrain

from .conftest import fresh_reader, random_text

FILES = ("config.json", "model.safetensors", "vocabulary.json", "vectors.safetensors")
PASSAGES = [random_text(90, seed=1), random_text(200, seed=2)]


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("readers") / "reader"
    fresh_reader().save(folder)
    return folder


@pytest.fixture
def folder(written, tmp_path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "reader"))


def answers(reader):
    return [reader(question, PASSAGES).to_dict() for question in ("山多高？", "白云")]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_holds_four_files_and_no_pickle(written):
    assert names(written) == sorted(FILES)
    assert names(written.parent) == ["reader"]


def test_it_answers_as_the_reader_that_was_saved(written, tmp_path):
    """Weights are kept in float16 and vectors in int8: nearly the same answers; then exactly, for ever."""
    before, once = fresh_reader(), Reader.load(written)
    once.save(tmp_path / "again")
    assert answers(Reader.load(tmp_path / "again")) == answers(once)
    for old, new in zip(answers(before), answers(once), strict=True):
        assert old["text"] == new["text"]
        assert old["score"] == pytest.approx(new["score"], abs=0.02)
    assert once.config == before.config
    assert once.judgement.to_dict() == before.judgement.to_dict()
    assert once.encode.vocabulary == before.encode.vocabulary
    for name, array in before.weights().items():
        np.testing.assert_allclose(once.weights()[name], array, rtol=1e-3, atol=1e-6)


def test_a_path_may_be_a_string_and_its_parents_may_be_missing(tmp_path):
    target = str(tmp_path / "a" / "b" / "reader")
    fresh_reader().save(target)
    assert answers(Reader.load(target))


def test_saving_again_replaces_the_reader_and_keeps_its_card(folder):
    (folder / "README.md").write_text("# A card", encoding="utf-8")
    other = fresh_reader(seed=4)
    other.save(folder)
    assert names(folder) == sorted((*FILES, "README.md"))
    assert (folder / "README.md").read_text(encoding="utf-8") == "# A card"
    assert answers(Reader.load(folder)) != answers(fresh_reader())
    assert names(folder.parent) == ["reader"]


def test_what_lies_beside_a_reader_is_not_lost(folder):
    (folder / "notes.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(
        FileExistsError, match=r"or one of a reader alone\. It holds: notes\.txt\. Name another"
    ):
        fresh_reader().save(folder)
    assert (folder / "notes.txt").read_text(encoding="utf-8") == "years of work"


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "reader").mkdir()
    fresh_reader().save(tmp_path / "reader")
    assert names(tmp_path / "reader") == sorted(FILES)


@pytest.mark.parametrize(
    "content", [{"notes.txt": "mine"}, {"config.json": '{"model_type": "bert"}'}, None], ids=str
)
def test_what_is_no_reader_is_never_overwritten(tmp_path, content):
    place = tmp_path / "mine"
    if content is None:
        place.write_text("a file")
    else:
        place.mkdir()
        for name, text in content.items():
            (place / name).write_text(text)
    with pytest.raises(
        FileExistsError, match=r"mine must be a new or empty folder, or one that holds a reader"
    ):
        fresh_reader().save(place)
    assert names(tmp_path) == ["mine"]
    if content:
        assert {path.name: path.read_text() for path in place.iterdir()} == content


@pytest.mark.parametrize("folder", [3, b"reader", ["reader"]], ids=repr)
def test_a_folder_that_is_no_path(folder):
    message = (
        f"A reader's folder must be a path: a string or a pathlib.Path. Received: {type(folder).__name__} "
    )
    for use in (
        Reader.load,
        fresh_reader().save,
        lambda place: Reader.fit([], place),
        lambda place: pretrain([], place),
    ):
        with pytest.raises(TypeError, match=message):
            use(folder)


def test_a_folder_without_a_name():
    with pytest.raises(ValueError, match=r'must have a name, and "" is none\. Pass "\."'):
        Reader.load("")
    for name in ("", ".", "..", "x/.."):
        for write in (
            fresh_reader().save,
            lambda place: Reader.fit([], place),
            lambda place: pretrain([], place),
        ):
            with pytest.raises(
                ValueError, match=f"must be written to a folder with a name, .*Received: {name!r}"
            ):
                write(name)


def test_no_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"A reader is a folder, and there is none at .*nowhere"):
        Reader.load(tmp_path / "nowhere")


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(FileNotFoundError, match=f"lacks {name}. Copy the whole folder"):
        Reader.load(folder)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("left", [0.0, 0.5, 0.999])
def test_a_truncated_file_is_named(folder, name, left):
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: int(len(content) * left)])
    with pytest.raises(ValueError, match=f"{name} is damaged"):
        Reader.load(folder)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    "content",
    [
        b"\x00" * 5000,
        b"\x80\x04\x95.",
        b"[" * 100_000,
        b"null",
        b"{}",
        b'{"kind": "maskplay reader", "version": 1}',
    ],
    ids=["zeros", "pickle", "deep", "null", "empty", "no more"],
)
def test_garbage_is_named(folder, name, content):
    (folder / name).write_bytes(content)
    with pytest.raises(ValueError, match=name):
        Reader.load(folder)


@pytest.mark.parametrize("name", FILES[1:])
def test_a_file_of_another_reader_is_named(folder, tmp_path, name):
    """Of the very same sizes: nothing but its content is wrong."""
    other = fresh_reader(seed=4)
    encode = other.encode
    vocabulary = type(encode.vocabulary)(encode.vocabulary.characters[::-1])
    vectors = type(encode.vectors)(encode.vectors.words[::-1], encode.vectors.vectors, fold=True)
    other.encode = type(encode)(vocabulary, vectors)
    other.save(tmp_path / "other")
    shutil.copy(tmp_path / "other" / name, folder / name)
    with pytest.raises(ValueError, match=f"{name} is damaged, or belongs to another reader"):
        Reader.load(folder)


def test_two_files_that_are_swapped(folder):
    (folder / "model.safetensors").rename(folder / "x")
    (folder / "vectors.safetensors").rename(folder / "model.safetensors")
    (folder / "x").rename(folder / "vectors.safetensors")
    with pytest.raises(ValueError, match=r"vectors\.safetensors"):
        Reader.load(folder)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("kind",), "bert", "must be the configuration of a reader"),
        (("version",), 2, "must have version 1. Received: 2. Update maskplay"),
        (("network",), ["aligned"], "the network must have a name, one of aligned, dgcnn"),
        (("network", "name"), "transformer", "the network must have a name"),
        (("network", "name"), {}, "the network must have a name"),
        (("network", "width"), "16", "network's width cannot be '16'"),
        (("network", "width"), -1, "network's width cannot be -1"),
        (("network", "encoder_dilations"), [1, 0], "network's encoder_dilations cannot be"),
        (("network", "encoder_dilations"), 3, "network's encoder_dilations cannot be 3"),
        (("network", "dropout"), 1.5, "network's dropout cannot be 1.5"),
        (("network", "depth"), 3, "depth"),
        (("judgement",), None, "damaged"),
        (("judgement",), [], "a stored judgement must have calibration, length_prior, objective, threshold"),
        (("judgement", "objective"), "hinge", 'must be "softmax" or "focal", not \'hinge\''),
        (("judgement", "threshold"), "high", "damaged"),
        (("judgement", "threshold"), float("nan"), "between 0 and 1, not at nan"),
        (("judgement", "length_prior"), {}, "length prior"),
        (("judgement", "calibration"), {}, "calibration"),
        (("sha256",), None, "belongs to another reader"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else None,
)
def test_a_damaged_configuration_says_what_is_wrong(folder, path, value, message):
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    at = config
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(ValueError, match=message) as caught:
        Reader.load(folder)
    assert str(folder) in str(caught.value)


def test_a_configuration_of_other_sizes_names_the_file_that_does_not_fit(folder):
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    for key, name in (("vocabulary_size", FILES[2]), ("word_dim", FILES[3]), ("width", FILES[1])):
        changed = {**config, "network": {**config["network"], key: 7}}
        (folder / "config.json").write_text(json.dumps(changed), encoding="utf-8")
        with pytest.raises(ValueError, match=f"{name} belongs to another reader"):
            Reader.load(folder)


def test_weights_that_are_not_finite(tmp_path):
    broken = fresh_reader()
    broken.weights()["scores/bias"][2] = np.nan
    broken.save(tmp_path / "reader")
    with pytest.raises(ValueError, match=r"model\.safetensors is damaged: scores/bias must be finite"):
        Reader.load(tmp_path / "reader")


@contextmanager
def full_disk():
    """Files cannot grow beyond 2000 bytes; not a fixture, for pytest's own output may be a file."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_leaves_nothing_half_written(tmp_path):
    reader = fresh_reader()
    with pytest.raises(OSError, match="File too large"), full_disk():
        reader.save(tmp_path / "reader")
    assert names(tmp_path) == []


def test_a_full_disk_leaves_the_reader_that_was_there(folder):
    before = {name: (folder / name).read_bytes() for name in FILES}
    reader = fresh_reader(seed=4)
    with pytest.raises(OSError, match="File too large"), full_disk():
        reader.save(folder)
    assert {name: (folder / name).read_bytes() for name in FILES} == before
    assert names(folder.parent) == ["reader"]


def test_what_a_kill_left_is_swept_away(folder):
    (folder.parent / ".reader.unfinished").mkdir()
    (folder.parent / ".reader.unfinished" / "model.safetensors").write_bytes(b"half")
    (folder.parent / ".reader.old").mkdir()
    fresh_reader().save(folder)
    assert names(folder.parent) == ["reader"]
    assert answers(Reader.load(folder))


def test_the_bundled_reader_is_looked_for_in_the_package():
    assert reader_files.bundled().parent == Path(reader_files.__file__).parent

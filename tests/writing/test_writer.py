"""The writer as a whole: it learns, writes, and is saved."""

import json
import shutil
from itertools import pairwise

import numpy as np
import pytest

from maskplay.writing import Pair, Temperature, TopK, Writer
from maskplay.writing.training_data import PairsLeftOut

from .conftest import backwards, small_writer


@pytest.fixture(scope="module")
def fresh():
    return small_writer()


WORDS = ["abc", "dda", "b", "cab", "dc"]


SIX = ["abc", "abc", "dab", "abc", "dab", "abc"]
BEAM = {"best": 3, "beam": 4, "max_length": 5}
DRAW = {"sampler": Temperature(5.0), "max_length": 5}


def test_it_learned_to_spell_backwards(trained):
    pairs = backwards()[:24]
    for part in (pairs[:8], pairs[8:16], pairs[16:]):
        found = trained([pair.source for pair in part], max_length=5)
        assert found == [pair.target for pair in part]


def test_beams_find_what_is_at_least_as_probable(trained):
    greedy = trained.candidates(WORDS, max_length=5)
    beams = trained.candidates(WORDS, **BEAM)
    for one, several in zip(greedy, beams, strict=True):
        scores = [text.score for text in several]
        assert scores == sorted(scores, reverse=True)
        assert several[0].score >= one[0].log_probability / (one[0].tokens + 1) - 1e-5
        assert len({text.text for text in several}) == 3


def test_scores_are_what_the_network_says(trained):
    """Of a text: log-probability of its tokens and end, as training counts it."""
    for text in trained.candidates(WORDS, **BEAM)[0]:
        surprise = np.log(trained.perplexity([Pair(WORDS[0], text.text)], length=32, rows=1))
        assert text.log_probability == pytest.approx(-surprise * (text.tokens + 1), abs=1e-4)
        assert text.score == pytest.approx(text.log_probability / (text.tokens + 1), rel=1e-5)


@pytest.mark.parametrize("positions", ["relative", "none"])
def test_without_a_table_of_positions_sources_are_as_long_as_one_likes(positions):
    writer = small_writer(depth=1, positions=positions, max_positions=16)
    (found,) = writer.candidates(["abcd" * 12], max_length=3, min_length=3)
    assert found[0].tokens == 3


@pytest.mark.parametrize("options", [BEAM, DRAW])
def test_a_batch_is_one_by_one(trained, options):
    together = trained.candidates(WORDS, **options)
    for word, several in zip(WORDS[:2], together, strict=False):
        alone = trained.candidates([word], **options)[0]
        assert [text.text for text in alone] == [text.text for text in several]
        assert [text.score for text in alone] == pytest.approx([text.score for text in several], abs=1e-4)


def test_what_is_drawn_depends_on_seed_source_and_turn(trained):
    first = trained(SIX, seed=1, **DRAW)
    assert first == trained(SIX, seed=1, **DRAW)
    assert first != trained(SIX, seed=2, **DRAW)
    assert len(set(first)) > 2  # equal sources get texts of their own


def test_streaming_gives_the_same_text_in_pieces(trained):
    pieces = list(trained.stream("abc", max_length=5))
    assert "".join(pieces) == trained("abc", max_length=5) == "cba"
    assert len(pieces) == 3


def test_lengths_and_runs(trained):
    longer = trained.candidates(["aab"], min_length=4, no_repeat=2, max_length=5)[0][0]
    assert longer.tokens >= 4
    assert len({*pairwise(longer.text)}) == len(longer.text) - 1
    assert trained.candidates(["aab"], min_length=1, no_repeat=2, max_length=2)[0][0].tokens <= 2


def test_only_allowed_texts(trained):
    allowed = ["cba", "ddd", "a", "dcb"]
    found = trained.candidates(["abc", "bcd"], best=9, allowed=allowed, beam=9, max_length=5)
    assert [several[0].text for several in found] == ["cba", "dcb"]
    assert [sorted(text.text for text in several) for several in found] == [sorted(allowed)] * 2


def test_saved_and_loaded_it_writes_the_same(trained, tmp_path):
    trained.save(tmp_path / "writer", dtype="float32")
    loaded = Writer.load(tmp_path / "writer")
    assert loaded(WORDS, max_length=5) == trained(WORDS, max_length=5)
    for mine, other in zip(trained.network.get_weights(), loaded.network.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, other)
    size = (tmp_path / "writer" / "model.safetensors").stat().st_size
    (tmp_path / "writer" / "README.md").write_text("A card.")
    trained.save(tmp_path / "writer")  # in float16, over the old one
    assert (tmp_path / "writer" / "model.safetensors").stat().st_size < 0.6 * size
    assert (tmp_path / "writer" / "README.md").read_text() == "A card."


def damaged(folder, name, change):
    path = folder / name
    path.write_bytes(change(path.read_bytes()))


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda f: (f / "model.safetensors").unlink(), FileNotFoundError, r"lacks model\.safetensors"),
        (lambda f: damaged(f, "model.safetensors", lambda b: b[:-4]), ValueError, "another SHA-256"),
        (lambda f: damaged(f, "vocabulary.json", lambda b: b + b" "), ValueError, "another SHA-256"),
        (lambda f: damaged(f, "config.json", lambda b: b[:-4]), ValueError, r"config\.json is damaged"),
        (lambda f: damaged(f, "config.json", lambda b: b'{"kind": "reader"}'), ValueError, "of a writer"),
        (lambda f: shutil.rmtree(f), FileNotFoundError, r"A writer is a folder with config\.json"),
    ],
)
def test_damaged_folders_are_named(trained, tmp_path, change, error, message):
    trained.save(tmp_path / "writer")
    change(tmp_path / "writer")
    with pytest.raises(error, match=message):
        Writer.load(tmp_path / "writer")


def test_another_network_is_refused(trained, tmp_path):
    trained.save(tmp_path / "writer")
    config = json.loads((tmp_path / "writer" / "config.json").read_text())
    for change, message in (
        ({"hidden": 48}, r"model\.safetensors belongs to another writer: .* must have the shape"),
        ({"depth": 1}, r"model\.safetensors belongs to another writer: weights differ .* Copy the whole"),
        ({"vocabulary_size": 7}, r"config\.json is damaged, .* a row for each of the 10 .* Copy the whole"),
    ):
        changed = {**config, "network": {**config["network"], **change}}
        (tmp_path / "writer" / "config.json").write_text(json.dumps(changed))
        with pytest.raises(ValueError, match=message):
            Writer.load(tmp_path / "writer")


def test_a_vocabulary_of_no_known_digest_is_refused(trained, tmp_path):
    trained.save(tmp_path / "writer")
    file = tmp_path / "writer" / "config.json"
    config = json.loads(file.read_text())
    del config["sha256"]["vocabulary.json"]
    file.write_text(json.dumps(config))
    with pytest.raises(ValueError, match=r"lacks the SHA-256 of vocabulary\.json\. Copy the whole"):
        Writer.load(tmp_path / "writer")


def test_what_building_fails_with_is_not_blamed_on_the_folder(trained, tmp_path, monkeypatch):
    trained.save(tmp_path / "writer")

    def fails(config):
        raise ValueError("backend must be one of jax, torch, tensorflow")

    monkeypatch.setattr("maskplay.writing.writer_files.training_model", fails)
    with pytest.raises(ValueError, match=r"^backend must be one of"):
        Writer.load(tmp_path / "writer")


def test_a_folder_of_something_else_is_left_alone(trained, tmp_path):
    (tmp_path / "thesis.txt").write_text("…")
    with pytest.raises(FileExistsError, match="one that holds a writer; it is neither"):
        trained.save(tmp_path)


def test_what_lies_beside_a_writer_is_not_lost(trained, tmp_path):
    trained.save(tmp_path / "writer")
    (tmp_path / "writer" / "runs").mkdir()
    with pytest.raises(FileExistsError, match=r"or one of a writer alone\. It holds: runs\. Name another"):
        trained.save(tmp_path / "writer")
    assert (tmp_path / "writer" / "runs").is_dir()


@pytest.mark.parametrize(
    ("source", "options", "message"),
    [
        ("", {}, "A source must have at least one token"),
        (" \n ", {}, "A source must have at least one token"),
        ("zz", {}, r"a character that the writer knows\. Received: 'zz'\. Take it out"),
        ("ab", {"max_length": 5, "beam": 2, "length_penalty": float("nan")}, "length_penalty must be finite"),
        ("ab", {"beam": 2, "length_penalty": -1e300}, "length_penalty must be from -10 to 10"),
        ("ab" * 20, {}, r"can have 38 tokens.*Received: a source of 40 tokens and max_length=64"),
        ("ab", {"max_length": 0}, "max_length must be at least 1"),
        ("ab", {"max_length": 5, "min_length": 6}, "min_length must be at most max_length=5"),
        ("ab", {"beam": 2, "sampler": TopK(3)}, "searched for .* or drawn"),
        ("ab", {"beam": 0}, "beam must be at least 1"),
        ("ab", {"beam": 2**63}, "beam must be at most 2147483647"),
        ("ab", {"best": 2, "max_length": 5}, "need beam search"),
        ("ab", {"allowed": ["a"], "no_repeat": 2}, "min_length and no_repeat must be 0"),
        ("ab", {"allowed": [], "max_length": 5}, "at least one text that may be written"),
        ("ab", {"allowed": ["abz"], "max_length": 5}, r"must be of known tokens\. Received: 'abz'"),
        ("ab", {"allowed": ["abcdab"], "max_length": 5}, "room for every allowed text, of 6 tokens"),
    ],
)
def test_wrong_requests_are_refused(fresh, source, options, message):
    with pytest.raises(ValueError, match=message):
        fresh.candidates([source], **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"beam": True}, r"beam must be a whole number\. Received: True"),
        ({"beam": 2.0}, r"beam must be a whole number\. Received: 2\.0"),
        ({"best": "2"}, r"best must be a whole number\. Received: '2'"),
        ({"max_length": float("nan")}, "max_length must be a whole number"),
        ({"min_length": None}, "min_length must be a whole number"),
        ({"no_repeat": False}, "no_repeat must be a whole number"),
        ({"seed": 0.5}, "seed must be a whole number"),
        ({"length_penalty": "1"}, r"length_penalty must be a number\. Received: '1'"),
        ({"sampler": "greedy"}, r"sampler must be one, such as TopK\(5\)\. Received: 'greedy'"),
        ({"allowed": ["a", 3]}, r"Every allowed text must be a string\. Received: 3"),
        ({"allowed": 3}, "allowed must be several texts"),
    ],
)
def test_options_have_their_types(fresh, options, message):
    with pytest.raises(TypeError, match=message):
        fresh.candidates(["ab"], **options)


def test_numbers_of_numpy_are_numbers(trained):
    options = {
        "beam": np.int32(4),
        "best": np.int8(3),
        "max_length": np.int8(5),
        "length_penalty": np.float32(1),
    }
    found = trained.candidates(WORDS[:1], seed=np.uint8(0), **options)
    assert found == trained.candidates(WORDS[:1], **BEAM)
    assert "".join(trained.stream("abc", max_length=np.int8(5))) == "cba"


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"width": 0}, ValueError, "width must be at least 1"),
        ({"width": "16"}, TypeError, "width must be a whole number"),
        ({"heads": 0}, ValueError, "heads must be at least 1"),
        ({"hidden": 0}, ValueError, "hidden must be at least 1"),
        ({"at_least": -5}, ValueError, "at_least must be at least 1"),
        ({"max_positions": 3}, ValueError, "max_positions must be at least 4"),
    ],
)
def test_wrong_sizes_are_refused(options, error, message):
    with pytest.raises(error, match=message):
        small_writer(**options)


def test_texts_must_be_texts(fresh):
    with pytest.raises(TypeError, match=r"sources must be a text or a sequence of texts\. Received: None"):
        fresh(None)
    with pytest.raises(TypeError, match="Pass \\[text\\]"):
        fresh.candidates("abc")
    with pytest.raises(TypeError, match=r"must be a text\. Received: int"):
        fresh([3])
    with pytest.raises(TypeError, match=r"must be a text\. Received: int"):
        next(fresh.stream(3))
    for allowed in ("ab", b"ab", [3]):
        with pytest.raises(TypeError, match=r"llowed .*must be .*Received"):
            fresh("ab", allowed=allowed)
    assert fresh([]) == []


def test_evaluation(trained):
    pairs = [Pair(word, word[::-1]) for word in WORDS]
    found = trained.evaluate([*pairs[:4], ("dc", "cdx")], max_length=5)
    assert found.count == 5
    assert found.texts == [pair.target for pair in pairs]
    assert found.exact == 80.0
    assert found.rouge_1 == 80.0  # a run of letters is one token
    with pytest.raises(ValueError, match="at least one pair to evaluate"):
        trained.evaluate([])


def test_sources_that_cannot_be_read_are_left_out_of_an_evaluation(trained):
    pairs = [Pair(WORDS[0], WORDS[0][::-1]), ("ab" * 20, "ba"), (" ", "a")]
    with pytest.warns(PairsLeftOut, match=r"2 of 3 pairs are left out.*of the last: A source must have"):
        found = trained.evaluate(pairs, max_length=5)
    assert (found.count, found.left_out, found.exact) == (1, 2, 100.0)
    with pytest.raises(
        ValueError, match=r"whose source can be read\. Received 1, of the last: Source and target"
    ):
        trained.evaluate(pairs[1:2], max_length=5)

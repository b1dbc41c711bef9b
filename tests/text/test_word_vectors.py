"""Word vectors: lookup, training, and files that are read without trust."""

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maskplay.text import WordVectors

WORDS = ["山", "主峰", "café", "的"]
NUMBERS = np.arange(12, dtype=np.float32).reshape(4, 3) / 7 - 0.5


@pytest.fixture
def vectors():
    return WordVectors(WORDS, NUMBERS)


def test_ids_and_matrix(vectors):
    assert vectors.ids(["的", "海", "山"]).tolist() == [5, 1, 2]
    assert vectors.ids([]).dtype == np.int32
    assert (vectors.matrix[:2] == 0).all()
    assert (vectors.matrix[vectors.ids(WORDS)] == NUMBERS).all()
    assert len(vectors) == 6
    assert vectors.dim == 3
    assert "山" in vectors
    assert "海" not in vectors


def test_subsets(vectors):
    assert vectors.most_frequent(2).words == ("山", "主峰")
    known = vectors.known(["的", "海", "主峰"])
    assert known.words == ("主峰", "的")
    assert (known.vectors == NUMBERS[[1, 3]]).all()


def test_folded_vectors_fold_what_is_asked():
    folded = WordVectors(["dna"], [[1.0]], fold=True)
    assert folded.ids(["ＤＮＡ"]).tolist() == [2]
    assert "DNA" in folded


@pytest.mark.parametrize("name", ["v.txt", "v.bin", "v.safetensors"])
def test_files_hold_the_same(tmp_path, vectors, name):
    vectors.save(tmp_path / name)
    loaded = WordVectors.load(tmp_path / name)
    assert loaded.words == vectors.words
    assert np.array_equal(loaded.matrix, vectors.matrix)
    assert WordVectors.load(tmp_path / name, limit=2).words == ("山", "主峰")
    assert WordVectors.load(tmp_path / name, limit=0).words == ()


@pytest.mark.parametrize(("dtype", "error"), [("float16", 1e-3), ("int8", 0.6 / 127)])
def test_compact_forms(tmp_path, dtype, error):
    spaced = WordVectors(["New York", "山"], [[0.0, 0.0], [1.2, -0.3]], fold=False)
    spaced.save(tmp_path / "v.safetensors", dtype=dtype)
    loaded = WordVectors.load(tmp_path / "v.safetensors")
    assert loaded.words == spaced.words
    assert loaded.fold is False
    assert np.abs(loaded.matrix - spaced.matrix).max() <= error


@pytest.mark.parametrize("dtype", ["float32", "int8"])
def test_equal_vectors_are_equal_files(tmp_path, vectors, dtype):
    """safetensors writes a header in another order each time."""
    for number in range(12):
        vectors.save(tmp_path / f"{number}.safetensors", dtype=dtype)
    assert len({path.read_bytes() for path in tmp_path.iterdir()}) == 1


def test_compact_form_remembers_folding(tmp_path):
    WordVectors(["a"], [[1.0]], fold=True).save(tmp_path / "v.safetensors")
    assert WordVectors.load(tmp_path / "v.safetensors").fold is True


def test_gensim_reads_ours_and_we_read_gensims(tmp_path, vectors):
    keyed = pytest.importorskip("gensim.models").KeyedVectors
    for name, binary in (("ours.txt", False), ("ours.bin", True)):
        vectors.save(tmp_path / name)
        theirs = keyed.load_word2vec_format(tmp_path / name, binary=binary)
        assert theirs.index_to_key == WORDS
        assert np.array_equal(theirs.vectors, NUMBERS)
        theirs.save_word2vec_format(tmp_path / f"theirs{name}", binary=binary)
        assert np.array_equal(WordVectors.load(tmp_path / f"theirs{name}").vectors, NUMBERS)


def test_glove_has_no_header(tmp_path):
    (tmp_path / "glove").write_text("the 0.5 1\nof -1 2e-1\nthe 9 9\n", "utf-8")
    loaded = WordVectors.load(tmp_path / "glove")
    assert loaded.words == ("the", "of")
    assert loaded.vectors.tolist() == [[0.5, 1.0], [-1.0, pytest.approx(0.2)]]


def test_binary_whose_numbers_look_like_text(tmp_path):
    numbers = np.frombuffer(b"\n123" * 3 + b"4567" * 3, "<f4").reshape(2, 3)
    WordVectors(["a", "b"], numbers).save(tmp_path / "v.bin")
    assert np.array_equal(WordVectors.load(tmp_path / "v.bin").vectors, numbers)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no word vectors"),
        (b"2 3\na 1 2 3\n", "promises 2 words, 1"),
        (b"1 3\na 1 2 x\n", "line 2: expected a word and numbers"),
        (b"2 2\na 1 2\nb 1 nan\n", "line 3.*finite"),
        (b"2 2\na 1 2\nb 1 1e60\n", "line 3.*finite"),
        (b"a 1 2\nb 1\n", "line 2: expected a word and 2 numbers; found 1"),
        (b"900000000000 300\na \xff\xff\0\0", "truncated"),
        (b"2 1\na \0\0\x80\x3fb \0\0\x80", "truncated"),
        (b"2 1\na \0\0\x80\x3f\nbcdefgh", "truncated in word 2"),
        (b"1 0\na \n", "first line must be"),
        (b"\x1f\x8b\x08", "gzip-compressed"),
        (b"\x20\0\0\0\0\0\0\0{" + b"x" * 60, "damaged"),
        (b"just a sentence\n", "line 1"),
    ],
)
def test_damaged_files_are_named(tmp_path, content, message):
    (tmp_path / "v.vec").write_bytes(content)
    with pytest.raises(ValueError, match=f"v.vec.*{message}"):
        WordVectors.load(tmp_path / "v.vec")


@given(st.binary(max_size=80), st.sampled_from([b"", b"2 3\n", b"1 1\na "]), st.none() | st.integers(0, 3))
def test_any_bytes_give_vectors_or_a_value_error(tmp_path_factory, noise, start, limit):
    path = tmp_path_factory.mktemp("noise") / "v"
    path.write_bytes(start + noise)
    try:
        loaded = WordVectors.load(path, limit=limit)
    except ValueError as error:
        assert str(path) in str(error)  # noqa: PT017
    else:
        assert len(loaded.words) + 2 == len(loaded.matrix)


@given(st.data())
def test_mutated_safetensors(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("noise") / "v.safetensors"
    WordVectors(WORDS, NUMBERS).save(path, dtype="int8")
    content = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place : place + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=3))
    path.write_bytes(content)
    try:
        WordVectors.load(path)
    except ValueError as error:
        assert str(path) in str(error)  # noqa: PT017


@pytest.mark.parametrize(
    ("words", "numbers", "message"),
    [
        (["a", "a"], [[1], [2]], "distinct"),
        (["a"], [[1], [2]], r"shape \(1, dim\)"),
        (["a"], [1], r"shape \(1, dim\)"),
        (["a"], [[np.nan]], "'a' is not"),
    ],
)
def test_bad_vectors(words, numbers, message):
    with pytest.raises(ValueError, match=message):
        WordVectors(words, numbers)


def test_what_a_form_cannot_hold(tmp_path):
    spaced = WordVectors(["a b"], [[1e6]])
    with pytest.raises(ValueError, match="cannot hold 'a b'"):
        spaced.save(tmp_path / "v.txt")
    with pytest.raises(ValueError, match="ends in"):
        spaced.save(tmp_path / "v.bin", dtype="int8")
    with pytest.raises(ValueError, match="too large for float16"):
        spaced.save(tmp_path / "v.safetensors", dtype="float16")
    with pytest.raises(ValueError, match="dtype must be"):
        spaced.save(tmp_path / "v.safetensors", dtype="int4")
    assert not list(tmp_path.iterdir())


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        WordVectors.load(tmp_path / "none")


def test_training_is_repeatable_and_orders_by_frequency():
    pytest.importorskip("gensim")
    texts = ["白雲山 高 ＡＢ 高", "高 白云山 ab"] * 4
    train = {"dim": 5, "min_count": 4, "epochs": 1, "segmenter": str.split}
    first, second = WordVectors.train(texts, **train), WordVectors.train(texts, **train)
    assert first.words[0] == "高"
    assert set(first.words) == {"高", "白云山", "ab"}
    assert first.fold
    assert np.array_equal(first.matrix, second.matrix)
    assert first.dim == 5
    assert len(WordVectors.train(texts, **train, max_words=1).words) == 1


def test_all_of_a_long_text_is_trained_on():
    text = "山 水 " * 6000 + "云 " * 5
    vectors = WordVectors.train([text], dim=2, min_count=5, epochs=1, segmenter=str.split)
    assert "云" in vectors


def test_training_needs_words_and_gensim(monkeypatch):
    pytest.importorskip("gensim")
    with pytest.raises(ValueError, match="no word appears 3 times in 1 texts"):
        WordVectors.train(["山"])
    with pytest.raises(TypeError, match="received one string"):
        WordVectors.train("山", fold=False)
    monkeypatch.setitem(sys.modules, "gensim.models", None)
    with pytest.raises(ImportError, match=r"maskplay\[train\]"):
        WordVectors.train(["山"])

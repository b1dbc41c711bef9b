"""Vocabularies: one id per code point, and files that survive or say what is wrong."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maskplay.text import CharVocabulary, fold

ANY_TEXT = st.text(st.characters(exclude_categories=()))


def test_frequent_characters_come_first_then_by_code_point():
    vocabulary = CharVocabulary.from_texts(["山山海", "Ａb海山"], fold=True)
    assert vocabulary.characters == ("山", "海", "a", "b")
    assert vocabulary.ids("ABＢ山?").tolist() == [4, 5, 5, 2, 1]


def test_without_folding_case_counts():
    vocabulary = CharVocabulary.from_texts(["AAa"], fold=False)
    assert vocabulary.characters == ("A", "a")
    assert vocabulary.ids("aＡ").tolist() == [3, 1]


def test_max_size_counts_padding_and_unknown():
    assert len(CharVocabulary.from_texts(["aabbc"], max_size=4)) == 4
    assert CharVocabulary.from_texts(["aabbc"], min_count=2).characters == ("a", "b")
    assert CharVocabulary.from_texts([], max_size=2).characters == ()


@settings(max_examples=30)
@given(ANY_TEXT, ANY_TEXT)
def test_ids_follow_the_definition(known, text):
    vocabulary = CharVocabulary.from_texts([known])
    table = {character: i for i, character in enumerate(vocabulary.characters, 2)}
    ids = vocabulary.ids(text)
    assert ids.dtype == np.int32
    assert ids.tolist() == [table.get(character, 1) for character in fold(text)]


@settings(max_examples=30)
@given(ANY_TEXT)
def test_text_of_ids_is_the_folded_text(text):
    vocabulary = CharVocabulary.from_texts([text])
    assert vocabulary.text(vocabulary.ids(text), unknown="") == "".join(
        c for c in fold(text) if not "\ud800" <= c <= "\udfff"
    )


@settings(max_examples=30)
@given(st.text(st.characters(exclude_categories=["Cs"])), st.booleans())
def test_save_and_load(tmp_path_factory, text, folded):
    path = tmp_path_factory.mktemp("vocabulary") / "characters.json"
    vocabulary = CharVocabulary.from_texts([text], fold=folded)
    vocabulary.save(path)
    assert CharVocabulary.load(path) == vocabulary
    assert list(path.parent.iterdir()) == [path]


def test_equality_and_membership():
    assert CharVocabulary("ab") == CharVocabulary("ab")
    assert CharVocabulary("ab") != CharVocabulary("ba")
    assert CharVocabulary("ab") != CharVocabulary("ab", fold=False)
    assert hash(CharVocabulary("ab")) == hash(CharVocabulary("ab"))
    assert "Ａ" in CharVocabulary("ab")
    assert "c" not in CharVocabulary("ab")


@pytest.mark.parametrize(
    ("characters", "message"),
    [
        ("aa", "repeated"),
        (["ab"], "one code point"),
        ("\ud800", "surrogate"),
        ("A", "not folded"),
        ([1], "code"),
    ],
)
def test_bad_characters(characters, message):
    with pytest.raises(ValueError, match=message):
        CharVocabulary(characters)


def test_wrong_arguments():
    with pytest.raises(TypeError, match="received one string"):
        CharVocabulary.from_texts("abc")
    with pytest.raises(TypeError, match="received int"):
        CharVocabulary.from_texts([1])
    with pytest.raises(ValueError, match="max_size must be at least 2"):
        CharVocabulary.from_texts([], max_size=1)
    with pytest.raises(ValueError, match="less than 3"):
        CharVocabulary("a").text([3])
    with pytest.raises(TypeError, match="must be a string"):
        CharVocabulary("a").ids(None)


GOOD = {"kind": "maskplay character vocabulary", "version": 1, "fold": True, "characters": "ab"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a readable"),
        (b"\xff\xfe", "not a readable"),
        (b"[" * 100_000, "not a readable"),
        (json.dumps(GOOD).encode()[:-9], "not a readable"),
        (b"[]", "not a character vocabulary"),
        (json.dumps(GOOD | {"kind": "soup"}).encode(), "not a character vocabulary"),
        (json.dumps(GOOD | {"version": 2}).encode(), "version 2"),
        (json.dumps(GOOD | {"fold": 1}).encode(), "damaged"),
        (json.dumps(GOOD | {"characters": ["a"]}).encode(), "damaged"),
        (json.dumps(GOOD | {"characters": "aa"}).encode(), "damaged.*repeated"),
    ],
)
def test_damaged_files_are_named(tmp_path, content, message):
    path = tmp_path / "v.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f"v.json.*{message}"):
        CharVocabulary.load(path)


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        CharVocabulary.load(tmp_path / "none.json")
    with pytest.raises(FileNotFoundError):
        CharVocabulary("a").save(tmp_path / "none" / "v.json")

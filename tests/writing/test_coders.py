"""Texts to tokens and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maskplay.text import CharVocabulary, SubwordTokenizer
from maskplay.writing.batching import capacity_for, source_batches
from maskplay.writing.character_coder import CharacterCoder
from maskplay.writing.coder import load_coder
from maskplay.writing.subword_coder import SubwordCoder

TOKENS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "[unused7]",
    "白",
    "云",
    "山",
    "play",
    "##er",
    "one",
    ",",
    ".",
]


@given(st.text("春眠A，\n ", max_size=20))
def test_characters_come_back_as_they_were(text):
    coder = CharacterCoder.of(["春眠A，\n "])
    ids = coder.ids(text)
    assert len(ids) == len(text)
    assert coder.text(ids) == text
    assert (ids >= 5).all()
    assert coder.text(np.concatenate([[2], ids, [3, 4, 0]])) == text


def test_characters(tmp_path):
    coder = CharacterCoder.of(["春春眠"], at_least=2)
    assert coder.ids("春眠").tolist() == [5, 1]
    assert coder.size == 6
    assert coder.ids("").dtype == np.int32
    coder.save(tmp_path)
    assert load_coder("characters", tmp_path).ids("眠春").tolist() == [1, 5]
    with pytest.raises(ValueError, match="must not be folded"):
        CharacterCoder(CharVocabulary("a"))
    with pytest.raises(ValueError, match="Received: 'bytes'"):
        load_coder("bytes", tmp_path)


def test_simplified_characters(tmp_path):
    coder = CharacterCoder.of(["春曉曉", "晓眠"], at_least=3, simplified=True)
    assert coder.text(coder.ids("曉晓")) == coder.folded("曉晓") == "晓晓"
    coder.save(tmp_path)
    again = load_coder(coder.kind, tmp_path)
    assert again.kind == "simplified characters"
    assert again.ids("曉春").tolist() == [5, 1]


def test_words_of_characters():
    coder = CharacterCoder.of(["白云山很高"])
    words = coder.words("白云山很高")
    assert len(words) == 5
    assert words[0] == words[1] == words[2] != words[4]


def test_subwords(tmp_path):
    (tmp_path / "vocab.txt").write_text("\n".join(TOKENS) + "\n", encoding="utf-8")
    coder = load_coder("subwords", tmp_path)
    assert (coder.start, coder.end, coder.mask) == (2, 3, 4)
    assert coder.never == (0, 1, 2, 4, 5)
    for text in ("白云山", "player one, player. one", "白云, one 山"):
        assert coder.text(coder.ids(text)) == text.replace("one 山", "one山")
    words = coder.words("白云山player")
    assert words[-1] == words[-2] != words[0]
    again = tmp_path / "again"
    again.mkdir()
    coder.save(again)
    assert (again / "vocab.txt").read_bytes() == (tmp_path / "vocab.txt").read_bytes()


def test_subwords_without_marks_are_refused():
    with pytest.raises(ValueError, match=r"must have \[PAD\].*no token '\[MASK\]'"):
        SubwordCoder(SubwordTokenizer.from_tokens(TOKENS[:4]), {})
    with pytest.raises(ValueError, match=r"id of \[PAD\] must be 0. Received: 1"):
        SubwordCoder(SubwordTokenizer.from_tokens([TOKENS[1], TOKENS[0], *TOKENS[2:]]), {})


def test_sources_of_like_length_go_together():
    sources = [np.arange(2, 2 + n) for n in (3, 30, 5, 3, 40)]
    found = list(source_batches(sources, 4, longest=50))
    assert [batch.numbers for batch in found] == [[0, 3, 2, 1], [4]]
    assert [batch.tokens.shape for batch in found] == [(4, 32), (1, 50)]
    assert found[0].lengths.tolist() == [3, 3, 5, 30]
    assert found[0].live.all()
    three = next(source_batches(sources[:3], 4, longest=50))
    assert three.live.tolist() == [True, True, True, False]
    assert three.lengths[3] == 1
    seeds = {number: seed for b in found for number, seed in zip(b.numbers, b.seeds.tolist(), strict=False)}
    assert seeds[2] == three.seeds[1]  # the same source, in another batch
    assert len(set(seeds.values())) == 5  # equal sources among them
    assert [capacity_for(n) for n in (1, 16, 17, 64, 65, 300)] == [16, 16, 32, 64, 128, 320]

"""WordPiece: offsets into the caller's own string, files, corpora."""

import json
import re

import pytest

pytest.importorskip("tokenizers")

from hypothesis import given
from hypothesis import strategies as st

from maskplay.text import SubwordTokenizer

TOKENS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "白",
    "云",
    "play",
    "##er",
    "##s",
    "café",
    "cafe",
    ",",
    "1",
    "##2",
]


@pytest.fixture(scope="module")
def tokenizer():
    return SubwordTokenizer.from_tokens(TOKENS)


def test_offsets_are_of_the_callers_string(tokenizer):
    text = "  白\u200b云, Players é CAFÉ12 𝒳"
    ids, offsets = tokenizer(text)
    pieces = [text[a:b] for a, b in offsets]
    assert tokenizer.tokens_of(ids) == ["白", "云", ",", "play", "##er", "##s", "[UNK]", "[UNK]", "[UNK]"]
    assert pieces == ["白", "云", ",", "Play", "er", "s", "é", "CAFÉ12", "𝒳"]


def test_accents_go_and_stay():
    assert SubwordTokenizer.from_tokens(TOKENS)("Café").ids.tolist() == [11]
    assert SubwordTokenizer.from_tokens(TOKENS, lowercase=False)("café").ids.tolist() == [10]


def test_nothing_is_nothing(tokenizer):
    ids, offsets = tokenizer("  ")
    assert ids.shape == (0,)
    assert offsets.shape == (0, 2)


@given(st.text(alphabet="白云 playersé,12\n\u3000𝒳", max_size=30))
def test_pieces_follow_each_other(text):
    ids, offsets = SubwordTokenizer.from_tokens(TOKENS)(text)
    ends = offsets.ravel().tolist()
    assert ends == sorted(ends)
    assert all(0 <= end <= len(text) for end in ends)
    assert len(ids) == len(offsets)


def test_folders(tokenizer, tmp_path):
    (tmp_path / "vocab.txt").write_text("\n".join(TOKENS) + "\n", encoding="utf-8")
    assert SubwordTokenizer.load(tmp_path)("Player")[0].tolist() == [7, 8]
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"do_lower_case": False}))
    assert SubwordTokenizer.load(tmp_path)("Player")[0].tolist() == [1]
    tokenizer._tokenizer.save(str(tmp_path / "tokenizer.json"))
    assert SubwordTokenizer.load(tmp_path)("Player")[0].tolist() == [7, 8]
    assert len(SubwordTokenizer.load(tmp_path)) == len(TOKENS)


def test_what_is_no_tokenizer_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no tokenizer\.json and no vocab\.txt"):
        SubwordTokenizer.load(tmp_path)
    (tmp_path / "tokenizer.json").write_text("{")
    with pytest.raises(ValueError, match="no tokenizer that can be read"):
        SubwordTokenizer.load(tmp_path)
    SubwordTokenizer.from_tokens(["[UNK]", "a"])._tokenizer.save(str(tmp_path / "tokenizer.json"))
    values = json.loads((tmp_path / "tokenizer.json").read_text())
    values["model"]["unk_token"] = "q"
    (tmp_path / "tokenizer.json").write_text(json.dumps(values))
    with pytest.raises(ValueError, match=r"must have its unk_token in its vocabulary\. It lacks: 'q'"):
        SubwordTokenizer.load(tmp_path)
    with pytest.raises(ValueError, match=r"'a' as 1 and 2"):
        SubwordTokenizer.from_tokens(["[UNK]", "a", "a"])
    with pytest.raises(ValueError, match="among them"):
        SubwordTokenizer.from_tokens(["a"])
    with pytest.raises(KeyError, match=r"no token '\[CLS\]'"):
        SubwordTokenizer.from_tokens(["[UNK]"]).id_of("[CLS]")


def test_the_tokens_of_a_corpus(tokenizer):
    corpus = ["白云 player", "白 player", "白"]
    assert tokenizer.tokens_in(corpus)[0] == "白"
    assert set(tokenizer.tokens_in(corpus)) == {"白", "云", "play", "##er"}
    assert set(tokenizer.tokens_in(corpus, at_least=2)) == {"白", "play", "##er"}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("tokenizer_config.json", b"{", r"tokenizer_config\.json is damaged: it must be JSON"),
        ("tokenizer_config.json", b"[]", r"tokenizer_config\.json is damaged: .* must be true or false"),
        (
            "tokenizer_config.json",
            b'{"do_lower_case": "no"}',
            r"tokenizer_config\.json .* must be true or false",
        ),
        ("tokenizer_config.json", b"\xff", r"tokenizer_config\.json is damaged: it must be in UTF-8"),
        ("vocab.txt", b"[UNK]\n\xff\n", r"vocab\.txt is damaged: it must be in UTF-8"),
        ("vocab.txt", b"a\n", r"vocab\.txt is damaged: .*\[UNK\]"),
    ],
)
def test_a_damaged_file_is_named(name, content, message, tmp_path):
    (tmp_path / "vocab.txt").write_text("\n".join(TOKENS) + "\n", encoding="utf-8")
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=rf"^{re.escape(str(tmp_path))}.{message}"):
        SubwordTokenizer.load(tmp_path)

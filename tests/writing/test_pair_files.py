"""Files that are learned from."""

import gzip
import json
import lzma

import pytest

from maskplay.writing import Pair, poem_pairs, read_pairs, read_texts

POEM = {"title": "春曉", "author": "孟浩然", "lines": ["春眠不覺曉，", "處處聞啼鳥。", " "]}


def test_tabs(tmp_path):
    path = tmp_path / "a.tsv"
    path.write_text("﻿一\t二\n\n三\\n四 \t五\r\n", encoding="utf-8")
    assert list(read_pairs(path)) == [Pair("一", "二"), Pair("三\n四", "五")]
    assert list(read_texts(path)) == ["一\t二", "三\\n四 \t五"]


@pytest.mark.parametrize(("suffix", "opened"), [("", open), (".xz", lzma.open), (".gz", gzip.open)])
def test_json_lines(tmp_path, suffix, opened):
    path = tmp_path / f"a.jsonl{suffix}"
    with opened(path, "wt", encoding="utf-8") as file:
        for value in ({"source": "一", "target": "二"}, POEM):
            file.write(json.dumps(value, ensure_ascii=False) + "\n")
    assert list(read_pairs(path)) == [Pair("一", "二"), *poem_pairs("春曉", POEM["lines"])]
    with opened(path, "wt", encoding="utf-8") as file:
        file.write(json.dumps(POEM) + '\n{"text": "文"}\n')
    assert list(read_texts(path)) == ["春眠不覺曉，\n處處聞啼鳥。\n ", "文"]


def test_poems():
    lines = [f"第{i}句。" for i in range(20)]
    pairs = poem_pairs("", lines)
    assert pairs[0].source == "首句：第0句。"
    assert pairs[0].target.count("\n") == 15
    assert pairs[-1] == Pair("對：第18句。", "第19句。")
    assert len(pairs) == 1 + 10
    assert poem_pairs("題", []) == []
    assert [pair.source for pair in poem_pairs("題", ["一句。"])] == ["題：題"]


def test_notes_in_brackets_are_left_out():
    lines = ["中途紫紱（一作「綬」）換征衣。", "高高。", "（同前（三）尾。", "）。", "（見卷十，", "低低。"]
    assert poem_pairs("望江南（三首） 其一", lines) == [
        Pair("題：望江南 其一", "中途紫紱換征衣。\n高高。"),
        Pair("首句：中途紫紱換征衣。", "中途紫紱換征衣。\n高高。"),
        Pair("對：中途紫紱換征衣。", "高高。"),
    ]
    assert poem_pairs("題", ["（缺）", "。"]) == []


def test_verses_of_a_poem_need_not_be_lines():
    found = poem_pairs("", ["一二，三四！五六；七八。", "九十？"])
    assert found == [
        Pair("首句：一二，", "一二，三四！五六；七八。\n九十？"),
        Pair("對：一二，", "三四！"),
        Pair("對：五六；", "七八。"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.tsv", "一二\n", r"a\.tsv, line 1 must be source<TAB>target"),
        ("a.tsv", "\n一\t二\t三\n", r"line 2 must be .* with 2 tabs"),
        ("a.tsv", "一\t \n", "neither of them empty"),
        ("a.jsonl", "{\n", r"a\.jsonl, line 1 is no JSON"),
        ("a.jsonl", "[1]\n", "must be a JSON object"),
        ("a.jsonl", '{"lines": []}\n', r"""must have the texts "source" and "target".*Received: '{"lines"""),
        (
            "a.jsonl",
            '{"source": 1, "target": "b"}\n',
            r"""must have the texts "source" and "target".*"source": 1""",
        ),
        ("a.txt", '{"source": "a", "target": "b"}\n', r"0 tabs\. JSON objects .* name ends in \.jsonl"),
        ("a.jsonl", '{"source": "a", "target": " "}\n', "not empty"),
    ],
)
def test_other_lines_are_named(tmp_path, name, content, message):
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        list(read_pairs(tmp_path / name))


@pytest.mark.parametrize("name", ["a.tsv", "a.tsv.xz", "a.tsv.gz"])
def test_what_is_no_text_is_named(tmp_path, name):
    (tmp_path / name).write_bytes(b"\xff\xfe\x00\x01" * 9)
    with pytest.raises(ValueError, match=r"a\.tsv.* is no text in UTF-8, or is damaged"):
        list(read_pairs(tmp_path / name))


@pytest.mark.parametrize("place", range(10, 40))
def test_a_gz_with_a_wrong_byte_is_named(tmp_path, place):
    content = bytearray(gzip.compress("一\t二\n".encode() * 200))
    content[place] ^= 0xFF
    (tmp_path / "a.tsv.gz").write_bytes(content)
    with pytest.raises(ValueError, match=r"a\.tsv\.gz"):
        list(read_pairs(tmp_path / "a.tsv.gz"))


def test_texts_must_be_there(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"title": "一"}\n', encoding="utf-8")
    with pytest.raises(ValueError, match='must have a "text"'):
        list(read_texts(tmp_path / "a.jsonl"))

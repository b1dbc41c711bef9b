"""Each kind of fault: what `load` makes of it, or which error names it."""

import json

import pytest

from maskplay.datasets import FAULT_KINDS, DatasetError, Reference, doctor, load

PASSAGE = "白云山 主峰高ＡＢ382米，「真高」，25,000人来过，2008年11月12日开放，共777只。1998年5月，价格35%。"


def one(write, answer, *, start=None, passage=PASSAGE):
    """Read a file of one question with one answer; give its example and faults."""
    given = {"text": answer} if start is None else {"text": answer, "answer_start": start}
    question = {"id": "Q", "question": "多高的山？", "answers": [given]}
    dataset = load(write({"data": [{"paragraphs": [{"context": passage, "qas": [question]}]}]}))
    (example,) = dataset
    return example, dataset.faults


def kinds(faults):
    assert all(fault.kind in FAULT_KINDS for fault in faults)
    return [fault.kind for fault in faults]


@pytest.mark.parametrize("start", [5, 3, 0, 40, 10**9])
def test_wrong_offsets_move_to_the_answer(write, start):
    example, faults = one(write, "主峰", start=start)
    assert example.passages[0].references == (Reference("主峰", 4),)
    assert kinds(faults) == ["offset-wrong"]
    assert faults[0].repair == "found at 4"
    assert faults[0].id == "Q"
    assert faults[0].where == "$.data[0].paragraphs[0].qas[0].answers[0].text"


def test_the_nearest_occurrence_counts(write):
    passage = "甲山。乙山。丙山。"
    for claimed, start in ((0, 1), (3, 4), (9, 7)):
        example, _ = one(write, "山", start=claimed, passage=passage)
        assert example.passages[0].references[0].start == start


@pytest.mark.parametrize("start", [None, -1, "x", True, [1]])
def test_missing_offsets_are_found(write, start):
    example, faults = one(write, "主峰", start=start)
    assert example.passages[0].references == (Reference("主峰", 4),)
    assert kinds(faults) == ["offset-missing"]


def test_offsets_as_text_serve(write):
    example, faults = one(write, "主峰", start="4")
    assert example.passages[0].references == (Reference("主峰", 4),)
    assert not faults


@pytest.mark.parametrize(
    ("answer", "held"),
    [
        ("ab382", "ＡＢ382"),
        ("白雲山", "白云山"),
        ("白云山主峰", "白云山 主峰"),
        ("AB382米。", "ＡＢ382米"),
        ("「真高」", "「真高」"),
        ("“真高”", "真高"),
        ("「真高」。", "「真高」"),
        ("主 峰 高", "主峰高"),
    ],
)
def test_answers_in_other_form_take_the_passages_characters(write, answer, held):
    example, faults = one(write, answer, start=-1)
    assert example.answers == (answer,)
    (reference,) = example.passages[0].references
    assert reference.text == held
    assert PASSAGE.startswith(held, reference.start)
    if answer != held:
        assert kinds(faults) == ["answer-differs", "offset-missing"]


@pytest.mark.parametrize("answer", ["黑云山", "38", "3", "8年", "高高", "777只1998年", "。", "250"])
def test_answers_that_are_not_there(write, answer):
    example, faults = one(write, answer + " ", start=-1)
    assert example.answers == (answer + " ",)
    assert example.passages[0].references == (Reference(answer + " ", None),)
    assert kinds(faults) == ["answer-not-found"]
    assert faults[0].repair is None


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("777", "777"),
        ("777.0", "777"),
        ('"777.0"', "777"),
        ('"39764.0"', "2008年11月12日"),
        ("39764", "2008年11月12日"),
        ("35916.0", "1998年5月"),
        ("25000.0", "25,000"),
        ("0.35", "35%"),
    ],
)
def test_numbers_become_the_text_that_they_were(write, number, text):
    example, faults = one(write, json.loads(number), start=-1)
    assert example.answers == (text,)
    (reference,) = example.passages[0].references
    assert reference.text == text
    assert kinds(faults) == ["answer-number", "offset-missing"]


@pytest.mark.parametrize(("number", "text"), [(778.0, "778"), (39765.0, "39765"), (-1.5, "-1.5")])
def test_numbers_that_are_not_there(write, number, text):
    example, faults = one(write, number, start=-1)
    assert example.answers == (text,)
    assert example.passages[0].references == (Reference(text, None),)
    assert kinds(faults) == ["answer-not-found"]


def test_numbers_keep_their_writing(write):
    data = '{"question": "多少？", "passage": "共1.10元。", "answer": 1.10}'
    (example,) = load(write(data.encode()))
    assert example.passages[0].references == (Reference("1.10", 1),)


@pytest.mark.parametrize("answer", ["null", "NaN", "Infinity", '""', '"  "'])
def test_missing_answers_are_left_out(write, answer):
    data = f'{{"question": "多少？", "passage": "山", "answers": [{answer}, "山"]}}'
    dataset = load(write(data.encode()))
    assert dataset.examples[0].answers == ("山",)
    assert kinds(dataset.faults)[-1] == "answer-missing"
    assert (kinds(dataset.faults)[0] == "json") == (answer in ("NaN", "Infinity"))


def test_ids_are_made_and_made_unique(write):
    ids = ["a", "a", "", None, " ", "a#2", 3, "3", ["x"]]
    records = [{"id": id, "question": "?", "passage": "山", "answer": "山"} for id in ids]
    dataset = load(write(records, lines=True))
    names = [example.id for example in dataset]
    assert names[:3] == ["a", "a#2", "question-3"]
    assert names[5:8] == ["a#2#2", "3", "3#2"]
    assert len(set(names)) == len(names)
    assert kinds(dataset.faults).count("id-missing") == 4
    assert kinds(dataset.faults).count("id-duplicate") == 3


def test_many_equal_ids_stay_fast(write):
    records = [{"id": "a", "question": "?", "passage": "山"}] * 3_000
    assert load(write(records, lines=True)).examples[-1].id == "a#3000"


def test_empty_texts_are_noted(write):
    records = [
        {"question": " ", "passage": "", "answer": "山"},
        {"question": "?", "passages": []},
        {"question": "?"},
        {"question": 12, "passage": 3.50, "answer": "3.5"},
    ]
    dataset = load(write(records, lines=True))
    assert kinds(dataset.faults) == [
        "passage-empty",
        "question-empty",
        "answer-not-found",
        "passages-missing",
        "passages-missing",
        "number",
        "number",
    ]
    assert dataset.examples[3].question == "12"
    assert dataset.examples[3].passages[0].text == "3.5"


GOOD = {"question": "多高？", "passages": [{"passage": "高382米", "answer": "382米"}]}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda r: r.pop("question"), r"\$\[1\]\.question: expected a text, found nothing"),
        (lambda r: r.update(question=["x"]), r"\$\[1\]\.question: expected a text, found a list"),
        (lambda r: r.update(passages="高382米"), r"\$\[1\]\.passages: expected a list, found a text"),
        (lambda r: r.update(passages=3), r"\$\[1\]\.passages: expected a list, found a number"),
        (lambda r: r.update(passages=[None]), r"\$\[1\]\.passages\[0\]: expected a text, found nothing"),
        (lambda r: r["passages"][0].pop("passage"), r"\$\[1\]\.passages\[0\]\.passage: expected a text"),
        (lambda r: r.update(answers=[[1]]), r"\$\[1\]\.answers\[0\]: expected a text, found a list"),
        (lambda r: r.update(answers=[{"start": 1}]), r"\$\[1\]\.answers\[0\]\.text: expected a text"),
        (lambda r: r.update(answers=True), r"\$\[1\]\.answers: expected answers, found true"),
        (
            lambda r: r["passages"][0].update(answer=False),
            r"passages\[0\]\.answer: expected answers, found false",
        ),
    ],
)
def test_what_costs_a_question_is_an_error_with_its_path(write, change, message):
    broken = json.loads(json.dumps(GOOD))
    change(broken)
    path = write([GOOD, broken, GOOD])
    if "answers" in broken and len(broken["passages"]) == 1:
        broken["passages"].append("text")
        path = write([GOOD, broken, GOOD])
    with pytest.raises(DatasetError, match=message) as caught:
        load(path)
    assert str(path) in str(caught.value)
    report = doctor(path)
    assert report.examples == 2
    assert report.counts == {"structure": 1}
    assert report.faults[0].repair == "left out"


def test_in_plain_json_lines_one_text_is_a_list_of_one(write):
    path = write([{"question": "多高？", "passages": "高382米", "answer": "382米"}], lines=True)
    (example,) = load(path, format="jsonl")
    assert example.passages[0].references == (Reference("382米", 1),)
    with pytest.raises(DatasetError, match=r"line 1: \$\.passages: expected a list, found a text"):
        load(path, format="sogou")


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (("data",), r"\$\.data\[0\]\.paragraphs: expected a list, found nothing"),
        (("data", 0, "paragraphs"), r"\$\.data\[0\]\.paragraphs\[0\]\.context: expected a text"),
        (("data", 0, "paragraphs", 0, "qas"), r"paragraphs\[0\]\.qas\[0\]\.question: expected a text"),
    ],
)
def test_squad_paths(sample, write, keys, message):
    data = sample("cmrc")
    node = data
    for key in keys:
        node = node[key]
    node[0] = {}
    with pytest.raises(DatasetError, match=message):
        load(write(data))


def test_webqa_paths(sample, write):
    data = sample("webqa")
    data["Q_2"] = {"question": "?", "evidences": []}
    with pytest.raises(DatasetError, match=r"\$\['Q_2'\]\.evidences: expected an object, found a list"):
        load(write(data))
    data["Q_1"]["evidences"]["Q_1#2"] = {"answer": ["x"]}
    path = write(data)
    with pytest.raises(DatasetError, match=r"\$\['Q_1'\]\.evidences\['Q_1#2'\]\.evidence: expected a text"):
        load(path)
    report = doctor(path)
    assert report.examples == 1
    assert report.counts == {"structure": 2}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "line 1: the file is empty"),
        (b" \n\n", "the file is empty"),
        (b"[]", "found an empty list; expected one of squad"),
        (b"[[1], 2]", "found a list that begins with a list that begins with a number; expected"),
        (b'[{"x": 1}]', "found a list that begins with an object with the keys x; expected one of squad"),
        (b"3", "found a number"),
        (b'"x"', "found a text"),
        (b"null", "found nothing"),
        (b'{"a": 1, "b": {}}', "found an object with the keys a, b; expected one of squad"),
        (b"[" * 100_000, "nested too deeply"),
        (b"question,answer\n1,2\n", "line 1, column 1: Expecting value"),
    ],
)
def test_files_that_are_no_datasets(write, content, message):
    path = write(content)
    with pytest.raises(DatasetError, match=message):
        load(path)
    report = doctor(path)
    assert (report.format, report.examples) == (None, 0)
    assert report.faults
    assert report.unrepaired == report.faults
    assert not report.healthy


@pytest.mark.parametrize(
    "content", [b'{"data": []}', b'{"data": [{"paragraphs": [{"context": "x", "qas": []}]}]}']
)
def test_a_dataset_without_a_question_is_not_healthy(write, content):
    path = write(content)
    assert len(load(path)) == 0
    assert doctor(path).counts == {"questions-missing": 1}


def test_broken_utf8_names_the_byte_and_the_line(sample, write):
    content = json.dumps(sample("cmrc"), ensure_ascii=False, indent=1).encode()
    place = content.index("主峰".encode()) + 1
    path = write(content[:place] + b"\xff" + content[place + 1 :])
    line = content.count(b"\n", 0, place) + 1
    with pytest.raises(DatasetError, match=rf"line {line}, byte {place - 1}: byte 0xe4: not UTF-8"):
        load(path)
    report = doctor(path)
    assert report.examples == 2
    assert report.counts["encoding"] == 3
    assert report.faults[0].where == f"line {line}, byte {place - 1}"


def test_gb18030_is_recognised(sample, write):
    path = write(json.dumps(sample("cmrc"), ensure_ascii=False).encode("gb18030"))
    with pytest.raises(DatasetError, match="it looks like GB18030"):
        load(path)
    report = doctor(path)
    assert report.located == 2
    assert report.counts == {"encoding": 1}


def test_truncated_json_names_the_line_and_counts_what_was_read(sample, write):
    text = json.dumps(sample("cmrc"), ensure_ascii=False, indent=1)
    cut = text.index("广州市", text.index("在哪里"))
    path = write(text[:cut].encode())
    line = text.count("\n", 0, cut) + 1
    place = r"\$\.data\[0\]\.paragraphs\[0\]\.qas\[1\]\.answers\[0\]\.text"
    message = rf"line {line}, column \d+: Unterminated string .* in {place}; 1 questions before it"
    with pytest.raises(DatasetError, match=message):
        load(path)
    report = doctor(path)
    assert report.examples == 1
    assert report.counts == {"json": 1}


def test_every_truncation_is_a_clear_error(sample, write):
    for name in ("cmrc", "webqa", "sogou", "cmrc-list"):
        text = json.dumps(sample(name), ensure_ascii=False)
        for cut in range(0, len(text), 5):
            path = write(text[:cut].encode())
            with pytest.raises(DatasetError, match="line 1"):
                load(path)
            assert doctor(path).faults


def test_broken_lines(sample, write):
    lines = [json.dumps(record, ensure_ascii=False) for record in sample("jsonl")]
    path = write("\n".join([lines[0], lines[1][:-9], lines[1]]).encode())
    with pytest.raises(DatasetError, match=r"line 2, column \d+: .*; 1 questions before it"):
        load(path)
    report = doctor(path)
    assert report.examples == 2
    assert report.counts["json"] == 1

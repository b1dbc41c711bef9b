"""Each format is recognised and read; the same passage is the same object."""

import json

import pytest

from maskplay.datasets import FORMATS, DatasetError, Passage, Reference, load

METRICS = {"cmrc-list": "cmrc", "jsonl": "cmrc", "squad": "squad2"}  # one of squad's has no answer
EVERY_FORMAT = sorted(FORMATS)


@pytest.mark.parametrize("name", EVERY_FORMAT)
def test_formats_are_recognised(name, sample, write):
    dataset = load(write(sample(name), lines=name == "jsonl"))
    assert dataset.format == name
    assert dataset.metric == METRICS.get(name, name)
    for example in dataset:
        for passage in example.passages:
            for reference in passage.references:
                start = reference.start
                assert passage.text[start : start + len(reference.text)] == reference.text


def test_squad_without_questions_without_answers_is_squad_1(sample, write):
    tree = sample("squad")
    for article in tree["data"]:
        for paragraph in article["paragraphs"]:
            paragraph["qas"] = [qa for qa in paragraph["qas"] if qa["answers"]]
    path = write(tree)
    assert load(path).metric == load(path, format="squad").metric == "squad"


@pytest.mark.parametrize("name", EVERY_FORMAT)
def test_named_formats_read_the_same(name, sample, write):
    path = write(sample(name), lines=name == "jsonl")
    assert load(path, format=name) == load(path)


def test_squad_layout(sample, write):
    dataset = load(write(sample("cmrc")))
    first, second = dataset.examples
    assert (first.id, first.question, first.answers) == ("Q1", "主峰多高？", ("382米",))
    assert first.passages[0].references == (Reference("382米", 12),)
    assert second.passages[0].text is first.passages[0].text
    assert not dataset.faults
    assert len(dataset) == 2


def test_impossible_questions_have_no_answers(sample, write):
    answered, impossible = load(write(sample("squad")))
    assert answered.answers == ("382 m",)
    assert impossible.answers == ()
    assert impossible.passages[0].references == ()


def test_several_references_are_kept_once(sample, write):
    data = sample("cmrc")
    answers = data["data"][0]["paragraphs"][0]["qas"][0]["answers"]
    answers += [{"text": "高382米", "answer_start": 11}, dict(answers[0])]
    first = load(write(data)).examples[0]
    assert first.answers == ("382米", "高382米")
    assert [r.start for r in first.passages[0].references] == [12, 11]


def test_webqa(sample, write):
    (example,) = load(write(sample("webqa")))
    assert example.id == "Q_1"
    assert example.answers == ("382米",)
    assert [len(p.references) for p in example.passages] == [1, 0]


def test_sogou_takes_every_occurrence(sample, write):
    (example,) = load(write(sample("sogou")))
    assert example.id == "7"
    assert example.answers == ("382米",)
    assert [[r.start for r in p.references] for p in example.passages] == [[12], [], [1, 8]]


def test_occurrences_inside_numbers_do_not_count(write):
    record = {"question": "几个？", "passage": "2015年有15个，第115个没有。", "answer": "15"}
    (example,) = load(write([record], lines=True))
    assert [r.start for r in example.passages[0].references] == [6]


def test_json_lines(sample, write):
    first, second = load(write(sample("jsonl"), lines=True))
    assert first.id == "question-1"
    assert first.answers == ("382米", "三百八十二米")
    assert [[r.text for r in p.references] for p in first.passages] == [["382米"], []]
    assert second.id == "two"
    assert second.passages[0].references == (Reference("广州市", 5),)
    assert second.passages[0].text is first.passages[0].text


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x85", "\x0b", "\x1c"])
def test_json_lines_end_where_json_says(write, mark):
    """Texts of the web hold marks that end a line for Python; JSON may have them in a string."""
    record = {"question": "多高？", "passage": f"山。{mark}高382米。", "answer": "382米"}
    line = json.dumps(record, ensure_ascii=False).replace("\\u000b", mark).replace("\\u001c", mark)
    for ending in ("\n", "\r\n"):
        dataset = load(write((line + ending).encode() * 3))
        assert [example.passages[0].references[0].start for example in dataset] == [4, 4, 4]


def test_json_lines_report_answers_in_no_passage(sample, write):
    (fault,) = load(write(sample("jsonl"), lines=True)).faults
    assert fault.kind == "answer-not-found"
    assert fault.where == "line 1: $.answers[1]"


def test_records_with_parallel_lists_as_hugging_face_writes_them(write):
    record = {
        "id": "x",
        "question": "Where?",
        "context": "in Rome and in Rome",
        "answers": {"text": ["Rome"], "answer_start": [15]},
    }
    (example,) = load(write([record], lines=True))
    assert example.passages[0].references == (Reference("Rome", 15),)
    assert load(write([record])).metric == "squad"


def test_one_record_alone(write):
    record = {"question": "Where?", "passage": "in Rome", "answer": "Rome"}
    for value in (record, [record]):
        dataset = load(write(value))
        assert dataset.format == "jsonl"
        assert dataset.examples[0].answers == ("Rome",)


def test_byte_order_marks_and_utf16(sample, write):
    plain = load(write(sample("cmrc"), name="plain"))
    text = write(sample("cmrc")).read_text("utf-8")
    assert load(write(b"\xef\xbb\xbf" + text.encode())).examples == plain.examples
    wide = load(write(text.encode("utf-16")))
    assert wide.examples == plain.examples
    assert wide.faults[0].kind == "encoding"


def test_surrogates_and_nul_survive(write):
    record = b'{"question": "a\\ud800?", "passage": "x\\u0000\\udc00y", "answer": "\\u0000\\udc00"}\n'
    (example,) = load(write(record))
    assert example.question == "a\ud800?"
    assert example.passages[0].references == (Reference("\0\udc00", 1),)


def test_unknown_format_names(sample, write):
    with pytest.raises(ValueError, match=r"format must be one of squad, cmrc.*received 'csv'"):
        load(write(sample("cmrc")), format="csv")
    with pytest.raises(DatasetError, match="not in the format 'webqa': found a list"):
        load(write(sample("sogou")), format="webqa")


def test_missing_files(tmp_path):
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "none.json")


def test_passages_refuse_wrong_offsets():
    for start in (-1, 1, 99):
        with pytest.raises(ValueError, match=f"must hold '山' at character {start}"):
            Passage("山海", (Reference("山", start),))
    assert Passage("山海", (Reference("河", None),)).references

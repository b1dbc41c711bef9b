"""Whatever a file holds, `load` gives a dataset or a DatasetError, and `doctor` a report."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maskplay.datasets import FORMATS, Dataset, DatasetError, doctor, load, repair

TEXT = st.text(st.characters(exclude_categories=()), max_size=8) | st.sampled_from(
    ["data", "question", "382米", "no_answer", "白云", "39764.0", "1" * 30]
)
KEYS = st.sampled_from(
    """data paragraphs qas context question id answers answer text answer_start start is_impossible passages
    passage evidences evidence context_text query_text query_id""".split()  # noqa: SIM905
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.integers(10**410, 10**411) | TEXT
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | TEXT, inner, max_size=4),
    max_leaves=12,
)


def check(path, content):
    """Read the content in every way; nothing but a DatasetError may come out."""
    path.write_bytes(content)
    out = path.with_name("out")
    out.unlink(missing_ok=True)
    try:
        dataset = load(path)
    except DatasetError as error:
        assert str(path) in str(error)  # noqa: PT017
        dataset = None
    report = doctor(path)
    if dataset is not None:
        check_examples(dataset)
        assert report.examples == len(dataset)
        assert report.faults == dataset.faults
    if report.examples == 0:
        with pytest.raises(DatasetError, match="nothing could be read"):
            repair(path, out)
        return
    repair(path, out)
    check_examples(load(out))
    assert len(load(out)) == report.examples
    mended = {"answer-not-found", "question-empty", "passage-empty", "passages-missing"}
    assert set(doctor(out).counts) <= mended


def check_examples(dataset):
    assert isinstance(dataset, Dataset)
    assert len({example.id for example in dataset}) == len(dataset)
    for example in dataset:
        for passage in example.passages:
            assert isinstance(passage.text, str)
            for reference in passage.references:
                if reference.start is not None:
                    assert passage.text.startswith(reference.text, reference.start)
                    assert reference.text


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz") / "data.json"


@settings(max_examples=30)
@given(st.binary(max_size=60))
def test_any_bytes(path, content):
    check(path, content)


@settings(max_examples=40)
@given(TREES)
def test_any_json(path, tree):
    check(path, json.dumps(tree).encode())


@settings(max_examples=30)
@given(st.lists(TREES, max_size=3))
def test_any_json_lines(path, trees):
    trees.append({"question": "?", "passage": "山", "answer": "山"})
    check(path, "\n".join(map(json.dumps, trees)).encode())


@settings(max_examples=40)
@given(st.sampled_from(sorted(FORMATS)), st.data())
def test_any_value_in_any_place(path, samples, name, data):
    tree = json.loads(json.dumps(samples[name]))
    for _ in range(data.draw(st.integers(1, 3))):
        replace_somewhere(tree, data)
    check(path, json.dumps(tree).encode())


def replace_somewhere(tree, data):
    node = tree
    while True:
        places = list(range(len(node))) if isinstance(node, list) else list(node)
        if not places:
            return
        place = data.draw(st.sampled_from(places))
        inner = node[place]
        if not isinstance(inner, list | dict) or not inner or data.draw(st.integers(0, 4)) == 0:
            node[place] = data.draw(TREES)
            return
        node = inner


@settings(max_examples=40)
@given(st.sampled_from(sorted(FORMATS)), st.booleans(), st.data())
def test_any_damage_to_bytes(path, samples, name, indented, data):
    content = bytearray(json.dumps(samples[name], ensure_ascii=False, indent=indented or None).encode())
    if name == "jsonl" and not indented:
        content = bytearray("\n".join(json.dumps(r, ensure_ascii=False) for r in samples[name]).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(content)))
        content[start : start + data.draw(st.integers(0, 5))] = data.draw(st.binary(max_size=4))
    check(path, bytes(content))

"""From a file to a trained reader and its figures: a small language is learned."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from maskplay.datasets import Example, Passage, Reference, load
from maskplay.models import AlignedReader, DGCNNReader
from maskplay.reading import Reader, TrainingOptions, fit, fitting
from maskplay.reading.calibrating import RoughCalibration
from maskplay.reading.checkpoint.checkpoint_files import SpanCheckpoint
from maskplay.reading.fitting import held_out
from maskplay.text import WordVectors

# Few questions make it fast.
pytestmark = pytest.mark.filterwarnings("ignore::maskplay.reading.RoughCalibration")

FILLING = "山水火木金土天地日月星云雨风花鸟"
MARKS = "甲乙丙丁"
VALUES = "高低大小多少白黑"
VECTORS = WordVectors(["山", "水"], [[1.0, 0.5], [-0.5, 1.0]])
OPTIONS = TrainingOptions(epochs=6, learning_rate=0.01, warmup=10, ema=0.9, positions=2048, negatives=0.2)


@dataclass(frozen=True)
class Narrow(AlignedReader):
    """What `fit` builds here in place of the full width."""

    width: int = 16
    encoder_dilations: tuple[int, ...] = (1,)
    asker_dilations: tuple[int, ...] = (1, 1)
    key_dim: int = 8
    asker_width: int = 16
    heads: int = 1
    ngrams: tuple[int, ...] = (1,)
    dropout: float = 0.05


@dataclass(frozen=True)
class NarrowDGCNN(DGCNNReader):
    width: int = 8
    question_dilations: tuple[int, ...] = (1,)
    passage_dilations: tuple[int, ...] = (1, 2)


@pytest.fixture(autouse=True)
def _narrow(monkeypatch, compile_quickly):
    monkeypatch.setattr(fitting, "NETWORKS", {"aligned": Narrow, "dgcnn": NarrowDGCNN})


def records(count: int, seed: int) -> list[dict]:
    """Questions that name a mark, and passages: behind the mark stand the two characters of the answer."""
    rng = np.random.default_rng(seed)
    found = []
    for i in range(count):
        passages = []
        mark, other = rng.choice(list(MARKS), 2, replace=False)
        for shown in (mark, other):
            text = list(rng.choice(list(FILLING), 18))
            place, answer = int(rng.integers(0, 15)), "".join(rng.choice(list(VALUES), 2))
            text[place : place + 3] = shown + answer
            passages.append({"passage": "".join(text), "answer": answer if shown == mark else ""})
        found.append({"id": str(i), "question": f"{mark}是", "passages": passages})
    return found


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Path:
    """Sogou's form with many passages per question, and WebQA's with evidences without an answer."""
    folder = tmp_path_factory.mktemp("data")
    for name, count, seed in (("train", 220, 1), ("dev", 40, 2)):
        rows = records(count, seed)
        (folder / f"sogou-{name}.json").write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
        tree = {
            f"Q{row['id']}": {
                "question": row["question"],
                "evidences": {
                    f"Q{row['id']}#{i}": {"evidence": p["passage"], "answer": [p["answer"] or "no_answer"]}
                    for i, p in enumerate(row["passages"])
                },
            }
            for row in rows
        }
        (folder / f"webqa-{name}.json").write_text(json.dumps(tree, ensure_ascii=False), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def trained(files, tmp_path_factory, compile_quickly):
    """The reader, where it is, what was told and noted."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fitting, "NETWORKS", {"aligned": Narrow})
        folder = tmp_path_factory.mktemp("out") / "reader"
        train, dev = load(files / "sogou-train.json"), load(files / "sogou-dev.json")
        assert (train.format, dev.metric) == ("sogou", "sogou")
        told, noted = [], []
        reader = fit(
            list(train),
            folder,
            validation=list(dev),
            metric=dev.metric,
            vectors=VECTORS,
            options=OPTIONS,
            tell=told.append,
            note=noted.append,
        )
    return reader, folder, told, noted


def test_a_small_language_is_learned(trained, files):
    reader, _, told, noted = trained
    scores = reader.evaluate(load(files / "sogou-dev.json"))
    assert scores.metric == "sogou"
    assert scores.count == 40
    assert scores.em > 90
    assert len(noted) == OPTIONS.epochs
    assert max(row["em"] for row in noted) == scores.em
    assert told[-1].step == told[-1].steps
    assert np.mean([p.loss for p in told[-10:]]) < 0.3 * np.mean([p.loss for p in told[:10]])


def test_the_folder_holds_the_same_reader(trained, files):
    reader, folder, _, _ = trained
    again = Reader.load(folder)
    examples = load(files / "sogou-dev.json")
    assert again.evaluate(examples).em == pytest.approx(reader.evaluate(examples).em, abs=3)
    assert again.judgement.to_dict() == reader.judgement.to_dict()
    assert sorted(path.name for path in folder.with_name("reader.training").iterdir()) == [
        "best",
        "last",
        "origin",
        "vectors.safetensors",
        "vocabulary.json",
    ]


def test_it_knows_when_it_does_not_know(trained, files):
    """Asked of passages without the mark, it withholds its answer more often than not; with it, seldom."""
    reader, folder, _, _ = trained
    reader = Reader.load(folder)
    rows = records(30, seed=3)
    given = [reader(row["question"], [p["passage"] for p in row["passages"]]) for row in rows]
    alone = [reader(row["question"], [row["passages"][1]["passage"]]) for row in rows]
    assert sum(map(bool, given)) > 22
    assert sum(map(bool, alone)) < 8
    assert np.mean([a.score for a in given]) > np.mean([a.score for a in alone]) + 0.3
    sure = reader(rows[0]["question"], [rows[0]["passages"][0]["passage"]], precision=0.8)
    assert sure.threshold == reader.judgement.threshold_for(0.8)


def test_evidence_is_in_the_passage_that_answers(trained):
    reader = Reader.load(trained[1])
    right = 0
    for row in records(20, seed=4):
        texts = [p["passage"] for p in row["passages"]]
        answer = reader(row["question"], texts)
        right += answer.text == row["passages"][0]["answer"]
        assert all(texts[e.passage][e.start : e.end] == e.text for e in answer.evidence)
    assert right > 16


def test_a_finished_run_gives_its_reader_again(trained, files):
    reader, folder, _, _ = trained
    steps, noted = [], []
    again = fit(
        list(load(files / "sogou-train.json")),
        folder,
        validation=list(load(files / "sogou-dev.json")),
        metric="sogou",
        vectors=VECTORS,
        options=OPTIONS,
        tell=steps.append,
        note=noted.append,
    )
    assert (steps, noted) == ([], [])
    for name, array in reader.weights().items():
        np.testing.assert_array_equal(again.weights()[name], array)
    np.testing.assert_array_equal(again.encode.vectors.matrix, reader.encode.vectors.matrix)
    assert again.judgement.to_dict() == reader.judgement.to_dict()


def test_a_webqa_file_trains_the_posts_network(files, tmp_path):
    """Word vectors are trained on the passages, the validation is held out of them."""
    train, dev = load(files / "webqa-train.json"), load(files / "webqa-dev.json")
    assert (train.format, dev.metric) == ("webqa", "webqa")
    told = []
    reader = fit(
        list(train)[:80],
        tmp_path / "reader",
        metric=dev.metric,
        network="dgcnn",
        options=replace(OPTIONS, epochs=1),
        tell=told.append,
    )
    assert reader.judgement.objective == "focal"
    assert len(reader.encode.vectors) > 10
    assert told[-1].loss < told[0].loss
    scores = Reader.load(tmp_path / "reader").evaluate(dev)
    assert (scores.metric, scores.count) == ("webqa", 40)


def test_a_killed_fit_goes_on(files, tmp_path):
    """To the same weights as one that was left alone."""
    examples, dev = list(load(files / "sogou-train.json"))[:60], list(load(files / "sogou-dev.json"))[:10]
    options = replace(OPTIONS, epochs=2, save_every=0.0)

    def killing(progress):
        if progress.step == 4:
            raise KeyboardInterrupt

    def run(folder, tell):
        return fit(
            examples, folder, validation=dev, metric="sogou", vectors=VECTORS, options=options, tell=tell
        )

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "killed", killing)
    assert not (tmp_path / "killed").exists()
    told = []
    one, other = run(tmp_path / "killed", told.append), run(tmp_path / "whole", lambda progress: None)
    assert told[0].step == 4
    for name, array in other.weights().items():
        np.testing.assert_array_equal(one.weights()[name], array)


def test_what_was_prepared_for_others_is_made_anew(files, tmp_path, monkeypatch):
    """Before the first checkpoint nothing says that the run was begun with other texts or vectors."""
    monkeypatch.setattr(fitting, "TrainingBatches", None)  # stop where training would begin
    first, *others = [list(load(files / "sogou-train.json"))[i : i + 9] for i in (0, 9)]
    dev = list(load(files / "sogou-dev.json"))[:10]

    def prepared(examples, vectors=VECTORS):
        with pytest.raises(TypeError), pytest.warns(RoughCalibration, match="With 10 questions"):
            fit(examples, tmp_path / "reader", validation=dev, metric="sogou", vectors=vectors)
        run = tmp_path / "reader.training"
        vectors = WordVectors.load(run / "vectors.safetensors")
        return (run / "vocabulary.json").read_text(encoding="utf-8"), vectors.matrix.tolist()

    begun = prepared(first)
    assert prepared(first) == begun
    assert prepared(others[0])[0] != begun[0]
    assert prepared(first, WordVectors(["山", "水"], [[1.0, 0.5], [-0.5, 2.0]]))[1] != begun[1]
    assert prepared(first) == begun


def test_a_reader_learns_from_another(trained, files, tmp_path):
    """What the teacher said counts, is kept beside the run, and belongs to it."""
    examples, dev = list(load(files / "sogou-train.json"))[:60], list(load(files / "sogou-dev.json"))[:10]
    options, heard, losses = replace(OPTIONS, save_every=0.0), [], {}

    def train(name, teachers, tell):
        fit(
            examples,
            tmp_path / name,
            validation=dev,
            metric="sogou",
            vectors=VECTORS,
            options=options,
            tell=tell,
            teachers=teachers,
            heard=lambda done, total: heard.append((done, total)),
        )

    for name, teachers in (("alone", ()), ("taught", (Reader.load(trained[1]),))):

        def stopping(progress, name=name):
            losses.setdefault(name, progress.loss)
            if progress.step == 2:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            train(name, teachers, stopping)
    assert heard[-1] == (60, 60)
    assert losses["taught"] != losses["alone"]
    assert (tmp_path / "taught.training" / "taught.safetensors").exists()
    assert not (tmp_path / "alone.training" / "taught.safetensors").exists()
    with pytest.raises(ValueError, match=r"can only go on with .* differs in teachers: it has"):
        train("taught", (), print)


def test_training_starts_from_a_reader(trained, files, tmp_path):
    """What it knows it still knows after one gentle epoch of other questions; its characters and words are the same."""
    start = Reader.load(trained[1])
    examples, dev = list(load(files / "webqa-train.json"))[:40], load(files / "webqa-dev.json")
    options = replace(OPTIONS, epochs=1, learning_rate=1e-4)
    reader = fit(
        examples, tmp_path / "more", validation=list(dev), metric="sogou", options=options, start=start
    )
    assert reader.encode.vocabulary == start.encode.vocabulary
    assert reader.judgement.length_prior.max_length == start.judgement.length_prior.max_length
    changed = [np.abs(array - start.weights()[name]).max() for name, array in reader.weights().items()]
    assert 0 < max(changed) < 0.05
    assert reader.evaluate(load(files / "sogou-dev.json")).em > 90
    with pytest.raises(ValueError, match="Word vectors cannot be changed"):
        fit(examples, tmp_path / "other", options=options, start=start, vectors=VECTORS)
    with pytest.raises(ValueError, match="Give it as a teacher"):
        fit(examples, tmp_path / "other", start=Reader(SpanCheckpoint(tmp_path), None, start.judgement))


def example(i, text="山高382米", answer="382米", start=2):
    return Example(str(i), "山多高？", (Passage(text, (Reference(answer, start),)),), (answer,))


def nothing(folder, examples, validation=None, **more):
    with pytest.raises((ValueError, FileExistsError)) as caught:
        fit(examples, folder, validation=validation, **more)
    assert not folder.with_name("reader.training").exists()
    return str(caught.value)


def test_errors_come_before_any_work(tmp_path):
    folder = tmp_path / "reader"
    lost = example(1, answer="不在", start=None)
    assert "at least two distinct passages" in nothing(folder, [example(1), example(2)])
    assert (
        "at least one question to train on whose answer stands in one of its passages. Received: 1"
        in nothing(folder, [lost], [example(2)])
    )
    assert "at least one question to validate on" in nothing(folder, [example(1)], [lost])
    assert "at least one question to validate on" in nothing(folder, [example(1)], [])
    assert "no metric is called 'bleu'" in nothing(folder, [example(1)], [example(2)], metric="bleu")
    assert "network must be one of aligned, dgcnn. Received: 'bert'" in nothing(
        folder, [example(1)], [example(2)], network="bert"
    )
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    assert "must be a new or empty folder" in nothing(folder, [example(1)], [example(2)])


def test_held_out_passages_are_never_trained_on():
    texts = [f"{i}山高382米" for i in range(50)]
    examples = [
        Example(str(i), "山多高？", (Passage(texts[i % 50]), Passage(texts[(i * 7) % 50])))
        for i in range(120)
    ]
    train, validation = held_out(examples, seed=1, share=0.1)
    assert sorted((*train, *validation), key=lambda e: int(e.id)) == examples
    counts = {text: sum(text == e.passages[0].text for e in train) for text in texts}
    assert sum(count == 0 for count in counts.values()) >= 5
    chosen = [text for text in texts if all(text != p.text for e in train for p in e.passages)]
    assert len(chosen) >= 5
    assert all(any(p.text in chosen for p in e.passages) for e in validation)
    assert held_out(examples, seed=1, share=0.1) == (train, validation)
    assert held_out(examples, seed=2, share=0.1) != (train, validation)

"""Question-answering checkpoints as readers: right places, any length, and the same way in as every reader."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

import maskplay
from maskplay.datasets import Example, Passage, Reference
from maskplay.models import CheckpointError, TransformerConfig, save_checkpoint
from maskplay.reading import Reader
from maskplay.reading.calibrating import RoughCalibration
from maskplay.reading.checkpoint.checkpoint_files import SpanCheckpoint, is_checkpoint
from maskplay.reading.checkpoint.checkpoint_scores import CheckpointScores
from maskplay.reading.checkpoint.subword_encoder import Pieces, SubwordEncoder
from maskplay.reading.checkpoint.windows import Pair
from maskplay.text import SubwordTokenizer

TOKENS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *"山高多少米主峰在广州,。", "38", "##2", "海拔"]
PASSAGE = "主峰在广州。山高 382米。"
QUESTION = "山高多少?"


def encoder() -> SubwordEncoder:
    return SubwordEncoder(SubwordTokenizer.from_tokens(TOKENS))


class Told:
    """A network that gives each token the logits that it is told, and notes what it was given."""

    def __init__(self, start, end, longest=64, pad_id=0):
        self.start, self.end = (
            {TOKENS.index(token): score for token, score in told.items()} for told in (start, end)
        )
        self.config = SimpleNamespace(pad_id=pad_id, max_positions=longest)
        self.given = []

    def get_layer(self, name):
        assert name == "transformer"
        return self

    def predict_on_batch(self, x):
        self.given.append(x)
        logits = [np.vectorize(lambda t, s=s: s.get(t, 0.0))(x["tokens"]) for s in (self.start, self.end)]
        return np.stack(logits, axis=-1) * (x["segments"][..., None] | (x["tokens"] == 2)[..., None])


ANSWER = Told({"38": 5.0, "[CLS]": -1.0}, {"米": 4.0, "[CLS]": -2.0})


def ask(model, passages=(PASSAGE,), question=QUESTION):
    scores = CheckpointScores(model, encoder())
    batches = list(scores.encode([encoder()(passage) for passage in passages]))
    questions = scores.encode_questions([encoder()(question)])
    return {
        piece.passage: found
        for piece, _, found in scores.ask(
            [(batch, [(row, 0) for row in range(len(batch.pieces))]) for batch in batches], questions
        )
    }


def test_logits_of_pieces_become_scores_of_their_first_and_last_characters():
    found = ask(ANSWER)[0]
    assert found.shape == (len(PASSAGE), 5)
    assert np.flatnonzero(found[:, 0] == 5).tolist() == [PASSAGE.index("3")]
    assert np.flatnonzero(found[:, 1] == 4).tolist() == [PASSAGE.index("米")]
    inside = [PASSAGE.index("8"), PASSAGE.index(" ")]
    assert (found[[*inside, PASSAGE.index("8") + 1], 0] > -np.inf).tolist() == [False, False, True]
    assert (found[[PASSAGE.index("3"), PASSAGE.index("8"), inside[1]], 1] > -np.inf).tolist() == [
        False,
        True,
        False,
    ]
    # The best span over [CLS]'s: 5 + 4 - (-1 - 2).
    np.testing.assert_array_equal(found[:, 4], np.full(len(PASSAGE), 12.0))
    assert not found[:, 2:4].any()


def test_what_the_network_is_given():
    model = Told({}, {}, pad_id=1)
    ask(model, ["山高382米。"])
    (given,) = model.given
    tokens = ["[CLS]", *"山高多少", "[UNK]", "[SEP]", "山", "高", "38", "##2", "米", "。", "[SEP]"]
    assert [TOKENS[i] for i in given["tokens"][0][: len(tokens)]] == tokens
    assert given["segments"][0][: len(tokens)].tolist() == [0] * 7 + [1] * 7
    assert (given["tokens"][0][len(tokens) :] == 1).all()
    assert not given["segments"][0][len(tokens) :].any()


def test_the_answer_spans_pieces_in_order_only():
    """The end stands before the start: the best span in order is what counts against [CLS]."""
    found = ask(Told({"米": 5.0}, {"山": 4.0}), ["山高米"])[0]
    assert found[0, 4] == 5.0  # 5 + 0, or 0 + 4; not 9


def test_windows_cover_a_passage_and_its_pieces_stand_inside():
    passage = Pieces(np.arange(90), np.zeros((90, 2), int), 90)
    pair = Pair(np.arange(7), passage, longest=40)
    windows = pair.windows(3)
    assert [(w.first, w.last) for w in windows] == [(0, 30), (15, 45), (30, 60), (45, 75), (60, 90)]
    assert {w.pair for w in windows} == {3}
    logits = [np.full((30, 2), i) for i in range(5)]
    expected = np.repeat([0, 1, 2, 3, 4], [23, 15, 15, 15, 22])
    np.testing.assert_array_equal(pair.joined(windows, logits)[:, 0], expected)
    long_question = Pair(np.arange(400), passage, longest=40)
    assert len(long_question.asked) == 20
    assert max(w.last - w.first for w in long_question.windows(0)) == 17
    rows = [pair.row(w, -1, -2) for w in windows]
    assert {len(tokens) for tokens, _ in rows} == {40}


def test_a_long_passage_is_found_at_its_end_and_none_is_the_least_of_all_windows():
    filling = "在广州,山高米。" * 40
    text = filling + "38" + filling
    found = ask(Told({"38": 5.0}, {"38": 4.0}, longest=48), [text])[0]
    assert len(found) == len(text)
    assert found[:, 0].argmax() == len(filling)
    assert found[:, 1].argmax() == len(filling) + 1
    assert found[0, 4] == 9.0


def test_many_are_like_one():
    texts = [PASSAGE, "38米" * 70, "山", "广州在,主峰。" * 5, PASSAGE + PASSAGE]
    together = ask(ANSWER, texts)
    assert sorted(together) == [0, 1, 2, 3, 4]
    for number, text in enumerate(texts):
        np.testing.assert_array_equal(together[number], ask(ANSWER, [text])[0])


def test_texts_that_hold_nothing_have_no_scores():
    assert ask(ANSWER, ["", " \n"]) == {}
    assert list(ask(ANSWER, ["", PASSAGE, "  "])) == [1]
    odd = "\ud800山\0高😀"
    found = ask(ANSWER, [odd])[0]
    assert len(found) == len(odd)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A tiny BERT for question answering, as transformers would save it."""
    config = TransformerConfig(len(TOKENS), 8, 1, 2, 8, max_positions=32, head="span", initial_deviation=0.5)
    folder = tmp_path_factory.mktemp("models") / "bert"
    save_checkpoint(config.build(), folder)
    (folder / "vocab.txt").write_text("\n".join(TOKENS) + "\n", encoding="utf-8")
    return folder


def example(number):
    text = f"主峰在广州,山高{'米' * number}。"
    return Example(str(number), QUESTION, (Passage(text, (Reference("广州", 3),)),), ("广州",))


def test_a_checkpoint_is_a_reader(folder, tmp_path):
    reader = Reader.load(folder)
    answer = reader(QUESTION, [PASSAGE, "山在广州。" * 30])
    assert answer.text
    for evidence in answer.evidence:
        assert (PASSAGE, "山在广州。" * 30)[evidence.passage][evidence.start : evidence.end] == evidence.text
    assert 0 < answer.score < 1
    assert reader.evaluate([example(i) for i in range(3)]).count == 3
    *_, last = reader.stream(QUESTION, [PASSAGE])
    assert last.answer(0).text == reader(QUESTION, [PASSAGE]).candidates[0].text

    found = maskplay.pipeline("question-answering", folder)(question=QUESTION, context=PASSAGE)
    assert PASSAGE[found["start"] : found["end"]] == found["answer"]

    with pytest.warns(RoughCalibration, match="With 9 questions"):
        reader.calibrate([example(i) for i in range(9)])
    assert reader.judgement.calibration is not None
    assert repr(reader) == f"Reader(checkpoint {folder}, calibrated)"
    reader.save(tmp_path / "calibrated")
    again = Reader.load(tmp_path / "calibrated")
    one, other = (r(QUESTION, [PASSAGE]) for r in (reader, again))
    assert one.text == other.text
    assert one.score == pytest.approx(other.score, abs=1e-4)
    again.save(tmp_path / "calibrated")  # in the place of the old one
    assert isinstance(Reader.load(tmp_path / "calibrated").config, SpanCheckpoint)


def test_what_is_no_question_answering_checkpoint(folder, tmp_path, monkeypatch):
    network = replace(Reader.load(folder).network.get_layer("transformer").config, head="masked_lm")
    save_checkpoint(network.build(), tmp_path / "mlm", folder)
    with pytest.raises(CheckpointError, match="lacks qa_outputs"):
        Reader.load(tmp_path / "mlm")
    save_checkpoint(Reader.load(folder).network, tmp_path / "bare")
    with pytest.raises(FileNotFoundError, match=r"no tokenizer\.json and no vocab\.txt"):
        Reader.load(tmp_path / "bare")
    with pytest.raises(FileExistsError, match="neither"):
        Reader.load(folder).save(tmp_path / "mlm")
    (tmp_path / "judged").mkdir()
    save_checkpoint(Reader.load(folder).network, tmp_path / "judged", folder)
    (tmp_path / "judged" / "judgement.json").write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match=r"judgement\.json is damaged"):
        Reader.load(tmp_path / "judged")

    def offline(*args, **kwargs):
        raise OSError("no connection")

    monkeypatch.setattr("huggingface_hub.snapshot_download", offline)
    with pytest.raises(
        FileNotFoundError, match=r"There is no folder nobody/nothing, and .* hub .*: no connection"
    ):
        Reader.load("nobody/nothing")


def test_folders_are_told_apart(folder, tmp_path):
    assert is_checkpoint(folder)
    assert not is_checkpoint(tmp_path)
    assert not is_checkpoint(tmp_path / "not" / "there")
    assert not is_checkpoint("./readers")
    assert not is_checkpoint("../readers")
    assert is_checkpoint("hfl/chinese-bert")


def test_a_question_with_an_answer_is_needed_to_calibrate(folder):
    with pytest.raises(ValueError, match=r"to calibrate\. Received: 1 without"):
        Reader.load(folder).calibrate([Example("1", QUESTION, (Passage(PASSAGE),))])

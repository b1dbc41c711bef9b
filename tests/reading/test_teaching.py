"""Teachers: what they say is averaged, kept, cut with the passages, and counts in the loss."""

from types import SimpleNamespace

import numpy as np
import pytest

from maskplay.datasets import Example, Passage, Reference
from maskplay.reading import objectives
from maskplay.reading.teaching import part, teach
from maskplay.reading.training_batches import TrainingBatches
from maskplay.reading.training_data import TrainingData
from maskplay.reading.variations import Variations

from .conftest import encoder, random_text
from .test_objectives import SCORES, Y, softmax_loss


class Teacher:
    """Believes in the spans that it is told, with so many logits."""

    def __init__(self, sure=3.0, shift=0, objective="softmax", blind=()):
        self.sure, self.shift, self.blind, self.calls = sure, shift, blind, 0
        self.config = ("teacher", sure, shift)
        self.judgement = SimpleNamespace(objective=objective, to_dict=lambda: {})

    def scores(self, questions, passages, asked):
        self.calls += 1
        return [
            self._scores(passages[number], question)
            for question, number in zip(questions, asked, strict=True)
        ]

    def _scores(self, text, question):
        if question in self.blind:
            return None
        scores = np.zeros((len(text), 5), np.float32)
        start = text.index(question) + len(question) + self.shift
        scores[start, 0] = scores[start + 2, 1] = self.sure
        return scores


def corpus(count=9):
    """The answer is the three characters behind the two that are asked for."""
    texts = [_sentences(200 + 7 * i, seed=i) for i in range(count)]
    examples = [
        Example(
            f"{i}{at}",
            text[at : at + 2],
            (Passage(text, (Reference(text[place + 2 : place + 5], place + 2),)),),
        )
        for i, text in enumerate(texts)
        for at in (3, 107)
        for place in [text.index(text[at : at + 2])]
    ]
    unanswerable = Example("none", "没", (Passage(texts[0]),))
    return TrainingData().add([*examples, unanswerable], encoder())


def _sentences(length, seed):
    letters = random_text(length, seed=seed)
    plain = "".join(letter if letter.isalnum() else "山" for letter in letters)
    return "".join(f"{plain[i : i + 20]}。" for i in range(0, length, 20))


def taught_by(tmp_path, *teachers, **kwargs):
    data = corpus(**kwargs)
    teach(data, teachers, tmp_path / "taught.safetensors")
    return data


def test_opinions_are_probabilities_where_the_teachers_believe(tmp_path):
    data = taught_by(tmp_path, Teacher())
    assert set(data.taught) == {(pair.question, pair.passage) for pair in data.pairs if pair.spans}
    for pair in data.pairs:
        if pair.spans:
            opinion = data.taught[pair.question, pair.passage]
            (start, end), rest = pair.spans[0], len(data.texts[pair.passage]) - 1
            assert opinion.shape == (rest + 1, 2)
            np.testing.assert_allclose(opinion.astype(float).sum(axis=0), 1, atol=5e-3)
            sure = np.exp(3) / (np.exp(3) + rest)
            np.testing.assert_allclose([opinion[start, 0], opinion[end - 1, 1]], sure, rtol=2e-3)


def test_several_teachers_are_averaged(tmp_path):
    one = taught_by(tmp_path / "a", Teacher())
    other = taught_by(tmp_path / "b", Teacher(shift=1))
    both = taught_by(tmp_path / "c", Teacher(), Teacher(shift=1))
    for key, opinion in both.taught.items():
        np.testing.assert_allclose(opinion, (one.taught[key] + other.taught[key]) / 2, atol=1e-3)


@pytest.fixture(autouse=True)
def _folders(tmp_path):
    for name in "abc":
        (tmp_path / name).mkdir()


def test_a_teacher_of_sigmoids_and_one_that_cannot_read(tmp_path):
    data = taught_by(tmp_path, Teacher(objective="focal"))
    for opinion in data.taught.values():
        np.testing.assert_allclose(opinion.astype(float).sum(axis=0), 1, atol=5e-3)
    blind = corpus().asked[0]
    flat = taught_by(tmp_path / "a", Teacher(blind=(blind,)))
    opinion = flat.taught[0, 0]
    np.testing.assert_allclose(opinion, 1 / len(opinion), rtol=1e-3)


def test_what_was_said_is_kept_and_progress_told(tmp_path):
    teacher, told = Teacher(), []
    first, second = corpus(), corpus()
    teach(first, [teacher, teacher], tmp_path / "taught", lambda done, total: told.append((done, total)))
    assert told[-1] == (36, 36)
    assert teacher.calls == 2
    teach(second, [teacher, teacher], tmp_path / "taught")
    assert teacher.calls == 2
    for key, opinion in first.taught.items():
        np.testing.assert_array_equal(second.taught[key], opinion)
    other = Teacher(shift=1)
    teach(second, [other], tmp_path / "taught")  # another teacher is asked
    assert other.calls == 1
    (tmp_path / "taught").write_bytes(b"x" * 20)
    with pytest.raises(ValueError, match=r"taught is damaged: .* Remove it to ask the teachers again"):
        teach(second, [other], tmp_path / "taught")


def test_opinions_are_cut_with_their_passages(tmp_path):
    encode = encoder()
    data = taught_by(tmp_path, Teacher(sure=9.0))
    seen = 0
    for seed in range(20):
        varied = Variations(data, encode, crops=1.0, made=1.0)(np.random.default_rng(seed))
        for pair in varied.pairs:
            opinion = varied.taught.get((pair.question, pair.passage))
            assert (opinion is not None) == bool(pair.spans and pair.question < len(data.questions))
            if opinion is not None:
                start, end = pair.spans[0]
                assert len(opinion) == len(varied.passages[pair.passage].characters)
                assert (opinion[:, 0].argmax(), opinion[:, 1].argmax()) == (start, end - 1)
                np.testing.assert_allclose(opinion.astype(float).sum(axis=0), 1, atol=1e-2)
                seen += pair.passage >= len(data.passages)
    assert seen > 20


def test_an_opinion_that_lies_elsewhere_is_left_out():
    opinion = np.array([[0.7, 0.1], [0.2, 0.2], [0.1, 0.7]])
    assert part(opinion, slice(0, 2)) is None
    np.testing.assert_allclose(part(opinion, slice(0, 1), slice(2, 3)), [[0.875, 0.125], [0.125, 0.875]])


def test_batches_carry_opinions_beside_the_labels(tmp_path):
    data = taught_by(tmp_path, Teacher())
    plain = TrainingBatches(corpus(), positions=2048, negatives=0.5)
    batches = TrainingBatches(data, positions=2048, negatives=0.5)
    for number, pairs in enumerate(batches.plan(0)):
        labels = batches.batch(0, number).labels
        assert labels.shape[-1] == 6
        np.testing.assert_array_equal(labels[..., :4], plain.batch(0, number).labels)
        for row, pair in enumerate(pairs):
            opinion = data.taught.get((pair.question, pair.passage), np.zeros((1, 2)))
            np.testing.assert_array_equal(labels[row, : len(opinion), 4:], opinion)
            assert not labels[row, len(opinion) :, 4:].any()
        assert not labels[len(pairs) :, :, 4:].any()


def test_half_of_the_loss_of_a_span_is_the_teachers():
    opinions = np.random.default_rng(0).dirichlet(np.ones(7), size=(4, 2)).transpose(0, 2, 1)
    opinions *= Y[..., 3:]
    opinions[1:3] = 0  # no teacher
    found = np.asarray(
        objectives.get("softmax").call(np.concatenate([Y, opinions], -1).astype("float32"), SCORES)
    )
    for row in range(4):
        kept = Y[row, :, 3] > 0
        logits = SCORES[row, kept, :2].astype(float)
        expected = softmax_loss(Y[row], SCORES[row])
        if row in (0, 3):
            log_likely = logits - np.log(np.exp(logits).sum(axis=0))
            hard = -sum(
                np.log(np.exp(log_likely[Y[row, kept, channel] > 0, channel]).sum()) for channel in (0, 1)
            )
            expected += 0.5 * (-(opinions[row, kept] * log_likely).sum() - hard)
        assert found[row] == pytest.approx(expected, rel=1e-4)

"""Pieces and batches: whatever the length, the scores are those of the network applied to the whole."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maskplay.reading.buckets import PASSAGE_LENGTHS, row_sizes
from maskplay.reading.passage_scores import POSITIONS, PassageScores, pieces
from maskplay.reading.text_encoder import Ids

LONGEST = PASSAGE_LENGTHS[-1]


@settings(deadline=None, max_examples=200)
@given(length=st.integers(0, 6000), radius=st.integers(0, LONGEST // 2 - 1))
def test_kept_parts_partition_the_passage_and_see_all_that_can_change_them(length, radius):
    kept = 0
    for piece in pieces(5, length, radius):
        assert piece.passage == 5
        assert piece.kept_first == kept < piece.kept_last
        assert 0 <= piece.first <= piece.kept_first
        assert piece.kept_last <= piece.last <= length
        assert piece.last - piece.first <= LONGEST
        assert piece.first == 0 or piece.kept_first - piece.first >= radius
        assert piece.last == length or piece.last - piece.kept_last >= radius
        kept = piece.kept_last
    assert kept == length


def test_a_network_that_sees_too_far_is_refused():
    with pytest.raises(ValueError, match=r"must see less than 512 characters to a side\. Received 512"):
        list(pieces(0, 10, LONGEST // 2))


def ids_of(reader, texts):
    return [reader.encode(text) for text in texts]


def whole(reader, passage: Ids, question: Ids) -> np.ndarray:
    """The network applied to a passage as it is, in one piece without padding."""
    network = reader.network
    passages = network.passage_encoder.predict_on_batch(
        {"characters": passage.characters[None], "words": passage.words[None]}
    )
    questions = network.question_encoder.predict_on_batch(
        {"characters": question.characters[None], "words": question.words[None]}
    )
    return network.asker.predict_on_batch(
        {
            **passages,
            **questions,
            "passage_characters": passage.characters[None],
            "passage_words": passage.words[None],
            "question_characters": question.characters[None],
            "question_words": question.words[None],
            "row": np.zeros(1, np.int32),
        }
    )[0]


def test_scores_of_any_length_are_those_of_one_pass(reader, scores, text):
    """Passages of 1 to 3300 characters, asked several questions, against each passage alone and whole."""
    lengths = [1, 5, 64, 65, 700, 1023, 1024, 1025, 3300]
    passages = ids_of(reader, [text(n, seed=n) for n in lengths])
    questions = ids_of(reader, ["山多高？", text(41, seed=9)])
    encoded = scores.encode_questions(questions)
    found = {}
    for batch in scores.encode(passages):
        pairs = [(row, q) for row in range(len(batch.pieces)) for q in (1, 0)]
        for piece, question, part in scores.ask([(batch, pairs)], encoded):
            assert part.shape == (piece.kept_last - piece.kept_first, 5)
            found.setdefault((piece.passage, question), {})[piece.kept_first] = part
    assert found.keys() == {(p, q) for p in range(len(lengths)) for q in (0, 1)}
    for (passage, question), parts in found.items():
        together = np.concatenate([parts[first] for first in sorted(parts)])
        expected = whole(reader, passages[passage], questions[question])
        np.testing.assert_allclose(together, expected, atol=1e-5)


def test_compiled_batches_are_bounded_and_of_few_shapes(reader, text):
    class Compiled:
        radius = reader.network.radius
        trainer = object()  # what is trained was compiled
        passage_encoder = reader.network.passage_encoder

    passages = ids_of(reader, [text(n, seed=n) for n in (3, 70, 100, 90, 5, 2000)])
    passages = passages + [passages[0]] * 600
    batches = list(PassageScores(Compiled()).encode(passages))
    shapes = [batch.arrays["passage_characters"].shape for batch in batches]
    assert sum(len(batch.pieces) for batch in batches) == 602 + 3 + 2
    for (rows, length), batch in zip(shapes, batches, strict=True):
        assert rows * length <= POSITIONS
        assert length in PASSAGE_LENGTHS
        assert len(batch.pieces) <= rows
        assert rows in row_sizes(POSITIONS // length)


def test_what_is_not_compiled_is_not_padded(reader, scores, text):
    (batch,) = scores.encode(ids_of(reader, [text(37), text(41), text(43)]))
    assert batch.arrays["passage_characters"].shape == (3, 43)


def test_empty_passages_make_no_piece(reader, scores):
    assert list(scores.encode(ids_of(reader, ["", ""]))) == []


def test_many_pairs_are_asked_in_portions(reader, scores, text, monkeypatch):
    (batch,) = scores.encode(ids_of(reader, [text(600)]))
    seen = []
    asker = reader.network.asker

    class Watched:
        def predict_on_batch(self, x):
            seen.append(len(x["row"]))
            return asker.predict_on_batch(x)

    questions = scores.encode_questions(ids_of(reader, ["山"] * 60))
    monkeypatch.setattr(
        scores, "network", type("Network", (), {"asker": Watched(), "trainer": reader.network.trainer})()
    )
    asked = [question for _, question, _ in scores.ask([(batch, [(0, q) for q in range(60)])], questions)]
    assert sorted(asked) == list(range(60))
    assert seen == [27, 27, 6]  # 16384 positions make 27 rows of 600


def test_the_next_scores_are_begun_before_some_are_given(reader, scores, text, monkeypatch):
    batches = [next(iter(scores.encode(ids_of(reader, [text(n)])))) for n in (20, 30, 40)]
    begun = []

    class Watched:
        def predict_on_batch(self, x):
            begun.append(x["passage_characters"].shape[1])
            return reader.network.asker.predict_on_batch(x)

    questions = scores.encode_questions(ids_of(reader, ["山"]))
    monkeypatch.setattr(
        scores, "network", type("Network", (), {"asker": Watched(), "trainer": reader.network.trainer})()
    )
    given = scores.ask([(batch, [(0, 0)]) for batch in batches], questions)
    assert [(len(scores), list(begun)) for _, _, scores in given] == [
        (20, [20, 30]),
        (30, [20, 30, 40]),
        (40, [20, 30, 40]),
    ]
    assert list(scores.ask([], questions)) == []

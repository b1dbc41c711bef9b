"""Stretches vote, as far as they speak of what is asked, in memory that does not grow with them."""

from random import Random

import pytest

from maskplay.decoding import Span, relevance, vote
from maskplay.reading import ballot as room
from maskplay.reading.ballot import Ballot
from maskplay.reading.stretch import Stretch

QUESTION = "白云山多高"
TEXTS = ["白云山高382米", "越秀山高70米", "今天很高兴", "白云山很高"]
SPANS = [[Span(4, 8, 0.5), Span(3, 8, 0.2)], [Span(4, 7, 0.9)], [Span(0, 2, 0.4)], [Span(3, 5, 0.3)]]


def outcome(order, question=QUESTION):
    ballot = Ballot(question)
    for number in order:
        ballot.add(Stretch(number, 0, TEXTS[number]), SPANS[number])
    return ballot.outcome()


def test_spans_are_weighed_and_vote():
    weights = relevance(QUESTION, TEXTS)
    spans = [
        Span(span.start, span.end, span.score * weights[number], number)
        for number, several in enumerate(SPANS)
        for span in several
    ]
    assert outcome(range(4)).ranking == vote(spans, TEXTS)
    assert outcome(range(4)).ranking[0].text == "382米"


def test_the_order_does_not_matter():
    first = outcome(range(4))
    for seed in range(5):
        order = list(range(4))
        Random(seed).shuffle(order)
        again = outcome(order)
        assert again.ranking == first.ranking
        assert again.features.tolist() == first.features.tolist()


def test_a_stretch_alone_is_not_compared_with_the_question(monkeypatch):
    monkeypatch.setattr(room.Relevance, "add", None)
    assert [one.score for one in outcome([1], "别的").ranking] == pytest.approx([0.81 / 1.9])


def test_offsets_are_into_passages_and_a_passage_has_one_voice():
    ballot = Ballot("高")
    ballot.add(Stretch(7, 0, "高382米"), [Span(1, 5, 0.5)])
    ballot.add(Stretch(7, 100, "有382米"), [Span(1, 5, 0.5)])
    ballot.add(Stretch(8, 0, "高９米"), [Span(1, 3, 0.6)], passage=2)
    other, best = ballot.outcome().ranking
    assert [(span.passage, span.start, span.end) for span in best.support] == [(7, 1, 5), (7, 101, 105)]
    assert best.score == pytest.approx(0.25 / 1.5)
    assert [(span.passage, span.start) for span in other.support] == [(2, 1)]
    heard = ballot.excerpts()[7]
    assert len(heard) == 105
    assert heard[1:5] == heard[101:105] == "382米"


def test_of_very_many_spans_the_loudest_are_heard(monkeypatch):
    monkeypatch.setattr(room, "_HEARD", 3)
    ballot = Ballot("白云山")
    for number in range(50):
        ballot.add(Stretch(number, 0, f"越秀山{number}"), [Span(3, 4, 0.5)])
    ballot.add(Stretch(50, 0, "白云山382"), [Span(3, 6, 0.3)])
    for number in range(51, 99):
        ballot.add(Stretch(number, 0, f"越秀山{number}"), [Span(3, 4, 0.5)])
        assert len(ballot._heard) <= 6
    ranking = ballot.outcome().ranking
    assert ranking[0].text == "382"
    assert sum(len(one.support) for one in ranking) == 3


def test_no_stretch_and_no_span():
    assert Ballot("高").outcome().ranking == []
    ballot = Ballot("高")
    ballot.add(Stretch(0, 0, "。"), [])
    assert ballot.outcome().ranking == []
    ballot.add(Stretch(1, 0, "，"), [])
    assert ballot.outcome().ranking == []

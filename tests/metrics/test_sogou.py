"""SogouQA: accuracy, pieces in any order, character multiset F1, computed by hand."""

import pytest

from maskplay.metrics import Score, sogou


@pytest.mark.parametrize(
    ("prediction", "reference"),
    [
        ("ＮＢＡ１", "nba1"),  # full width to half width, case
        ("李\u3000白", "李白"),  # the ideographic blank
        ("李 \t白", "李白"),
        ("《静夜思》", "静夜思"),
        ("37℃。", "37℃"),
        ("50％", "50"),  # full-width percent is not in the list, half-width is
        ("36°", "36"),
    ],
)
def test_normalised_equal(prediction, reference):
    assert sogou.score(prediction, [reference]) == Score(1.0, 1.0)


def test_any_accepted_answer_is_right():
    assert sogou.score("太白", ["李白", "李太白", "太白"]).em == 1


def test_pieces_in_any_order_against_the_standard_answer():
    assert sogou.score("杜甫，李白", ["李白、杜甫"]).em == 1
    assert sogou.score("杜甫 李白", ["李白，  杜甫"]).em == 1
    # a set: a repeated piece counts once
    assert sogou.score("李白,李白,杜甫", ["杜甫、李白"]).em == 1
    # uncut, it is another string
    assert sogou.score("杜甫李白", ["李白、杜甫"]).em == 0
    # the standard answer is the first reference
    assert sogou.score("杜甫，李白", ["诗人", "李白、杜甫"]).em == 0


def test_an_empty_answer_is_wrong():
    assert sogou.score("", ["李白"]) == Score(0.0, 0.0)
    assert sogou.score(" ", ["。"]) == Score(0.0, 0.0)


def test_f1_is_over_a_multiset_of_characters():
    # 白李白 against 李白居: 白 min(2, 1) + 李 1 = 2; P 2/3, R 2/3
    assert sogou.score("白李白", ["李白居"]).f1 == pytest.approx(2 / 3)
    # best over the accepted answers: 李白 against 李太白: P 1, R 2/3
    assert sogou.score("李白", ["杜甫", "李太白"]).f1 == pytest.approx(0.8)
    assert sogou.score("王维", ["李白"]).f1 == 0


def test_no_reference_wants_silence():
    assert sogou.score("", []) == Score(1.0, 1.0)
    assert sogou.score("李白", []) == Score(0.0, 0.0)


def test_explain_names_the_pieces():
    told = sogou.explain("杜甫，李白", ["李白、杜甫"])
    assert "sogou  EM 1  F1 1.000" in told
    assert "pieces, in any order: 李白 杜甫 | 李白 杜甫 (reference 1)" in told
    assert "no accepted answer" in sogou.explain("李白", [])

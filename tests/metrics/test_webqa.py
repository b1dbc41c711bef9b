"""WebQA, strict: chunks per evidence, votes per question, computed by hand."""

import pytest

from maskplay.metrics import ChunkScore, Score, chunk_score, vote_chunks, webqa


def test_chunks_are_counted_per_evidence():
    found = chunk_score(
        [
            (["李白", "杜甫"], ["李白"]),  # right, 2 generated
            (["李白", "太白"], ["李白", "太白"]),  # at most one hit, 2 generated
            (["王维"], ["李白"]),  # wrong, 1 generated
            ([], ["李白"]),  # nothing generated
        ]
    )
    assert found == ChunkScore(total=4, generated=5, right=2)
    assert (found.precision, found.recall) == (2 / 5, 2 / 4)
    assert found.f1 == pytest.approx(2 * 0.4 * 0.5 / 0.9)


def test_nothing_is_zero():
    empty = chunk_score([])
    assert (empty.precision, empty.recall, empty.f1) == (0, 0, 0)


def test_blanks_and_case_do_not_count_but_punctuation_does():
    assert chunk_score([(["Li  Bai"], ["LIBAI"])]).right == 1
    assert chunk_score([(["《静夜思》"], ["静夜思"])]).right == 0
    assert chunk_score([([" "], [""])]).right == 0


def test_no_result_answers_no_answer():
    assert chunk_score([(["no_result"], ["no_answer"])]) == ChunkScore(1, 1, 1)
    assert chunk_score([(["李白"], ["no_answer"])]).right == 0
    assert chunk_score([([], ["no_answer"])]).right == 0


def test_votes_take_the_most_frequent():
    assert vote_chunks([["李 白"], ["杜甫"], ["李白"]]) == ("李白",)
    # every string with the top count
    assert vote_chunks([["甲", "乙"], ["乙"], ["甲"], ["丙"]]) == ("甲", "乙")
    # case still counts in the vote
    assert vote_chunks([["a"], ["A"], ["b"], ["b"]]) == ("b",)


def test_unconfirmed_votes_take_the_first_evidence_that_has_any():
    assert vote_chunks([[], ["甲", "乙"], ["丙"]]) == ("甲", "乙")
    assert vote_chunks([[], []]) == ()
    # twice in one evidence is a confirmation too
    assert vote_chunks([["甲"], ["乙", "乙"]]) == ("乙",)


def test_one_answer_per_question():
    assert webqa.score("李 白", ["杜甫", "李白"]) == Score(1.0, 1.0)
    assert webqa.score("李", ["李白"]) == Score(0.0, 0.0)
    assert webqa.score("", ["李白"]) == Score(0.0, 0.0)
    assert webqa.score("", []) == Score(1.0, 1.0)
    assert webqa.score("", ["no_answer"]) == Score(1.0, 1.0)
    assert webqa.score("李白", []) == Score(0.0, 0.0)


def test_explain_shows_the_forms():
    told = webqa.explain("Li Bai", ["libai", "杜甫"])
    assert "normalised  'libai'" in told
    assert "reference 1: 'libai' -> 'libai': equal" in told
    assert "reference 2: '杜甫' -> '杜甫': different" in told

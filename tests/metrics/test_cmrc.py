"""CMRC 2018: every clause of the rules, computed by hand."""

import pytest

from maskplay.metrics import cmrc


def f1(shared, predicted, expected):
    precision, recall = shared / predicted, shared / expected
    return 2 * precision * recall / (precision + recall)


@pytest.mark.parametrize("mark", list("-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』"))
def test_listed_punctuation_is_dropped(mark):
    assert cmrc.score(f"北{mark}京", ["北京"]).em == 1
    assert cmrc.score("北京", [f"{mark}北京{mark}"]).em == 1


@pytest.mark.parametrize("mark", [*",.!?;'\"()%", "‘", " ", "…", "……", "—", "【", "〈"])
def test_other_punctuation_stays(mark):
    assert cmrc.score(f"北{mark}京", ["北京"]).em == 0


def test_case_and_outer_blanks_do_not_count_but_width_and_script_do():
    assert cmrc.score("  NBA\n", ["nba"]).em == 1
    assert cmrc.score("ＮＢＡ", ["nba"]).em == 0
    assert cmrc.score("廣州", ["广州"]).em == 0


def test_a_blank_laid_bare_by_dropped_punctuation_stays():
    # stripping comes first, dropping second: "《 北京》" -> " 北京"
    assert cmrc.score("《 北京》", ["北京"]).em == 0
    assert cmrc.score("《 北京》", ["北京"]).f1 == 1


def test_em_takes_any_reference():
    assert cmrc.score("光荣", ["ω-force", "光荣"]).em == 1


def test_f1_counts_characters_of_the_chinese_block():
    # 光 荣 公 司 against 光 荣: run 光荣 = 2; P 2/4, R 2/2
    assert cmrc.score("光荣公司", ["光荣"]).f1 == f1(2, 4, 2)


def test_a_latin_run_is_words():
    # 光 荣 和 new york city against 和 new york: run of 3; P 3/6, R 3/3
    assert cmrc.score("光荣和New York City", ["和new york"]).f1 == f1(3, 6, 3)
    # a number is one token: 1985 年 against 1986 年 share 年 only; P 1/2, R 1/2
    assert cmrc.score("1985年", ["1986年"]).f1 == f1(1, 2, 2)


def test_dropped_punctuation_does_not_close_a_run():
    # "ω-force" is the one token ωforce, so "force" alone shares nothing with it
    assert cmrc.score("force", ["ω-force"]).f1 == 0
    # but the ASCII comma is kept, and is a token before a letter: ω , force
    assert cmrc.score("force", ["ω,force"]).f1 == f1(1, 1, 3)


def test_the_overlap_is_contiguous():
    # 甲乙丙丁戊 against 甲乙X丁戊: as a subsequence 4, as a run 2 (甲乙 or 丁戊); P 2/5, R 2/5
    assert cmrc.score("甲乙丙丁戊", ["甲乙己丁戊"]).f1 == f1(2, 5, 5)


def test_the_run_is_the_longest_one():
    # 甲 乙 甲 乙 丙 against 甲 乙 丙: 甲乙丙 = 3; P 3/5, R 3/3
    assert cmrc.score("甲乙甲乙丙", ["甲乙丙"]).f1 == f1(3, 5, 3)


def test_characters_beyond_the_block_are_words():
    # U+4E00 and U+9FA5 are the ends; 鿃 (U+9FC3) and 𩠌 stick to their neighbours
    assert cmrc.score("一龥", ["一"]).f1 == f1(1, 2, 1)
    assert cmrc.score("𩠌b", ["𩠌"]).f1 == 0


def test_best_f1_over_the_references():
    # against 光荣和 P 2/2 R 2/3; against 光荣公司和 P 2/2 R 2/5
    assert cmrc.score("光荣", ["光荣公司和", "光荣和"]).f1 == f1(2, 2, 3)


def test_nothing_shared_is_zero():
    assert cmrc.score("北京", ["上海"]).f1 == 0
    assert cmrc.score("", ["上海"]).f1 == 0


def test_punctuation_alone_can_match_exactly_without_overlap():
    # both normalise to nothing: EM 1; no token in common: F1 0
    score = cmrc.score("《》", ["-"])
    assert (score.em, score.f1) == (1, 0)


def test_no_reference_wants_silence():
    assert cmrc.score("", []).em == 1
    assert cmrc.score(" ", []).f1 == 1
    assert cmrc.score("北京", []).f1 == 0


def test_explain_shows_forms_tokens_overlap_and_figures():
    told = cmrc.explain("《光荣》公司", ["光荣", "北京"])
    assert told.splitlines() == [
        "cmrc  EM 0  F1 0.667  prediction '《光荣》公司'",
        "  reference 1: '光荣'",
        "    normalised  '光荣公司' | '光荣'",
        "    tokens      光 荣 公 司 | 光 荣",
        "    overlap     光 荣",
        "    precision   2/4 = 0.500   recall 2/2 = 1.000   F1 0.667   exact no",
        "  reference 2: '北京'",
        "    normalised  '光荣公司' | '北京'",
        "    tokens      光 荣 公 司 | 北 京",
        "    overlap     (nothing)",
        "    precision   0/4 = 0.000   recall 0/2 = 0.000   F1 0.000   exact no",
    ]
    assert "no accepted answer" in cmrc.explain("x", [])

"""Chinese numerals in Arabic digits: a table by hand, and an independent speller for all numbers."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from maskplay.decoding import arabic_numerals

CASES = """
三十 30 | 廿一 21 | 卅 30 | 廿 20 | 十 10 | 十五 15 | 二十 20 | 一 1 | 〇 0
一百零五 105 | 一百〇五 105 | 一百二十 120 | 一百一十 110 | 一百十 110 | 一千零一夜 1001夜 | 一千零五十 1050
一千五百 1500 | 一万零五 10005 | 一万五千 15000 | 一万五百 10500 | 三十五万六千七百八十九 356789
一亿零五万 100050000 | 百万 1000000 | 千万 10000000 | 百亿 10000000000 | 一百万 1000000 | 十亿 1000000000
30万 300000 | 3.5亿 350000000 | 1亿2千万 120000000 | 2万5千 25000 | 3百 300 | 1.5千 1500 | 1,200万 12000000
1,000 1000 | 12,345.6 12345.6 | 1,234,567 1234567
两个 2个 | 两千 2000 | 两百五十 250 | 两万 20000
一九八五年 1985年 | 八五年 85年 | 二〇〇八 2008 | 二○○八年 2008年 | 二零零八 2008 | 零五年 05年
一二三四 1234 | 一百七十万零一千 1701000
叁拾 30 | 壹佰贰拾 120
三点五 3.5 | 十二点三四米 12.34米 | 三点二亿 320000000 | 0点五 0.5
三点五十分 3点50分 | 三点五分 3点5分 | 八点三十 8点30 | 三点整 3点整
百分之三十 30% | 百分之三点五 3.5% | 百分之12.5 12.5% | 三分之一 1/3 | 十分之九 9/10
05月 5月 | 3月05日 3月5日 | 2008年08月08日 2008年8月8日 | 00分 0分
第三 第3 | 第一百零一 第101 | 二十一世纪 21世纪 | 三百六十五里路 365里路 | 二十多 20多
"""

UNCLEAR = """
一万万 七八个 五六十 一百二 三万五 三两 千叶 万科 百度 亿
一千零 一百零五十 一百五十零 万万 亿万 一千万亿 三十1985 10十 三十百 1,00
12,34 1,0000 1.2.3 10:30 007 陆地 ○ 零万 一万零千 30百
0.05 192.168.0.1
"""


@pytest.mark.parametrize(
    "case", [case.strip() for line in CASES.split("\n") for case in line.split("|") if case.strip()]
)
def test_numeral(case):
    written, plain = case.split()
    assert arabic_numerals(written) == plain


@pytest.mark.parametrize("text", UNCLEAR.split())
def test_what_is_not_clearly_one_number_stays(text):
    assert arabic_numerals(text) == text


def test_numbers_of_absurd_length_stay():
    for text in ("9" * 5000, "九" * 5000, "9" * 20 + "亿"):
        assert arabic_numerals(text) == text


def spelled(number: int) -> str:
    """Spell a number from 1 to 10^12 - 1, digit by digit from the left, a zero for each gap."""
    written, gap = "", False
    for name, size in (("亿", 10**8), ("万", 10**4), ("", 1)):
        group, number = divmod(number, size)
        for place in (1000, 100, 10, 1):
            digit = group // place % 10
            if digit:
                written += ("零" if gap and written else "") + "零一二三四五六七八九"[digit]
                written += {1000: "千", 100: "百", 10: "十", 1: ""}[place]
            gap = not digit
        if group:
            written += name
    return written


@settings(deadline=None, max_examples=300)
@given(st.integers(1, 10**12 - 1) | st.integers(1, 99_999))
@example(10_010)
@example(100_000_001)
def test_every_spelled_number_is_read(number):
    assert len(spelled(number)) > 18 or arabic_numerals(spelled(number)) == str(number)
    if number % 10_000 == 0:
        assert arabic_numerals(f"{number // 10_000}万") == str(number)


@settings(deadline=None, max_examples=200)
@given(st.text("一二三九十百千万亿零两点分之0123.,年月", max_size=12))
def test_any_mixture_ends_without_error(text):
    assert isinstance(arabic_numerals(text), str)

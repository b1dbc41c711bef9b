"""Chinese and mixed numerals as plain Arabic ones."""

import re
from decimal import Decimal
from functools import lru_cache

_DIGIT = dict(zip("〇零一二三四五六七八九", (0, *range(10)), strict=True))
_FORMAL = dict(zip("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千", strict=True))
_UNIT = {"十": 10, "百": 100, "千": 1000}
_MYRIAD = {"万": 10**4, "亿": 10**8}
_TENS = {"廿": "二十", "卅": "三十"}

_LONGEST = 18  # characters of a numeral: few enough for exact decimals, more than anybody writes

# A numeral is the longest run of these, so that a number is never cut out of a longer one.
_CHARACTERS = "〇零一二两三四五六七八九十百千万亿廿卅壹贰叁肆伍陆柒捌玖拾佰仟"
_ANY = re.compile(rf"[{_CHARACTERS}0-9]")
_RUN = re.compile(
    rf"(?:[{_CHARACTERS}0-9]|(?<=[{_CHARACTERS}○])○(?=[{_CHARACTERS}○])|(?<=[0-9])[.,](?=[0-9]))+"
)
# 三点五 and 三点二亿, but not the time 三点五十分, 三点五分
_POINT = re.compile(
    rf"(?<![{_CHARACTERS}0-9.,])(?P<whole>[{_CHARACTERS}0-9]+)点(?P<part>[〇零一二三四五六七八九]+)(?P<unit>[万亿]?)"
    rf"(?![{_CHARACTERS}0-9分刻钟])"
)
_PERCENT = re.compile(r"百分之(?P<number>[0-9]+(?:\.[0-9]+)?)(?![0-9.%])")
_FRACTION = re.compile(r"(?<![0-9.])(?P<below>[0-9]+)分之(?P<above>[0-9]+)(?![0-9.])")
_LEADING_ZERO = re.compile(r"(?<![0-9.,/:-])0+(?=[0-9]+[月日号时点分秒])")


def arabic_numerals(text: str) -> str:
    """Write the numerals of a text in Arabic digits: 三十 and 30, 一九八五年 and 1985年 become the same.

    Understood are digit strings (二〇〇八, 一九八五), numbers with units (三百二十, 一万零五, 廿一, 两千),
    mixed ones (30万, 1亿2千万, 3.5亿), formal ones (叁拾), decimals (三点五), thousands separators (1,000),
    percentages (百分之三十), fractions (三分之一) and leading zeros before 月, 日 and their like (05月).

    Left alone is what is not clearly one number: two digits in a row (七八个: seven or eight), a broken
    sequence (五六十, 一百二), a unit by itself (千叶, 万科).

    Args:
        text: simplified, half-width text, such as `maskplay.text.fold` gives.

    >>> arabic_numerals("一九八五年五月二十日")
    '1985年5月20日'
    >>> arabic_numerals("百分之三十五，第三，1亿2千万，三点五米，七八个")
    '35%，第3，120000000，3.5米，七八个'
    """
    if not _ANY.search(text):
        return text
    if "点" in text:
        text = _POINT.sub(_decimal, text)
    text = _RUN.sub(_plain_run, text)
    if "分之" in text:
        text = _PERCENT.sub(r"\g<number>%", text)
        text = _FRACTION.sub(r"\g<above>/\g<below>", text)
    return _LEADING_ZERO.sub("", text) if "0" in text else text


def _plain_run(match: re.Match[str]) -> str:
    run = match[0]
    if len(run) > _LONGEST:
        return run
    following = match.string[match.end() : match.end() + 1]
    value = _number(run, following)
    return run if value is None else value


@lru_cache(maxsize=1 << 12)
def _number(run: str, following: str) -> str | None:
    """Give the plain form of a run of numeral characters, None if it is not clearly one number."""
    run = run.replace("○", "〇")
    if len(run) > 1:
        run = "".join(_FORMAL.get(character, character) for character in run)
    if run.startswith("两"):
        run = "二" + run[1:] if len(run) == 1 or run[1] in "百千万亿" else run
    if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", run):
        return run
    if re.fullmatch(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?", run):
        return run.replace(",", "")
    if all(character in _DIGIT for character in run):
        digits = "".join(str(_DIGIT[character]) for character in run)
        clear = len(run) != 2 or "0" in digits or following in ("年", "号")
        return digits if clear else None
    return _with_units(run)


_SECTION = re.compile(
    r"(?:(?P<thousands>[一二三四五六七八九])千)?"
    r"(?:(?P<gap1>[零〇])?(?P<hundreds>[一二三四五六七八九])百)?"
    r"(?:(?P<gap2>[零〇])?(?P<tens>[一二三四五六七八九])?(?P<ten>十))?"
    r"(?:(?P<gap3>[零〇])?(?P<ones>[一二三四五六七八九]))?"
)
_PLAIN = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?")


def _with_units(run: str) -> str | None:
    """Read a number with 十百千万亿, such as 一千零五十, 30万, 1亿2千万."""
    for short, written in _TENS.items():
        run = run.replace(short, written)
    if run in ("百", "千", "万", "亿"):
        return None
    total, rest = Decimal(0), run
    for name in ("亿", "万"):
        before, found, after = rest.partition(name)
        if found:
            # 百万, 千万, 百亿: one of them
            part = Decimal(_UNIT[before]) if before in ("百", "千") else _section(before, gap=total > 0)
            if part is None or part == 0:
                return None
            total, rest = total + part * _MYRIAD[name], after
    if rest:
        last = _section(rest, gap=total > 0)
        if last is None:
            return None
        total += last
    return _written(total)


def _section(text: str, *, gap: bool = False) -> Decimal | None:
    """Read a number below 10,000 in Chinese, or any plain one, perhaps with one small unit (3百, 2千)."""
    plain = _PLAIN.match(text)
    if plain:
        unit = text[plain.end() :]
        value = Decimal(plain[0].replace(",", ""))
        if not unit:
            return value
        return value * _UNIT[unit] if unit in ("百", "千") and value < 10 else None
    if gap and text[:1] in ("零", "〇"):
        text, gap = text[1:], False
    found = _SECTION.fullmatch(text)
    if not text or not found or not _well_formed(found, gap):
        return None
    ones = {name: _DIGIT[found[name] or "零"] for name in ("thousands", "hundreds", "tens", "ones")}
    tens = ones["tens"] or (1 if found["ten"] else 0)
    return Decimal(1000 * ones["thousands"] + 100 * ones["hundreds"] + 10 * tens + ones["ones"])


def _well_formed(found: re.Match[str], after_myriad: bool) -> bool:
    """Whether zeros stand only where a place is skipped, and before bare ones there: 一百零五, not 一百五."""
    places = (found["thousands"], found["hundreds"], found["ten"], found["ones"])
    gaps = (None, found["gap1"], found["gap2"], found["gap3"])
    above = -1 if after_myriad else 4  # the last place that was filled; 4: none
    for place, (value, gap) in enumerate(zip(places, gaps, strict=True)):
        if value is None:
            continue
        skipped = place - above > 1
        if (gap and not skipped) or (skipped and not gap and place == 3):
            return False
        above = place
    return True


def _decimal(match: re.Match[str]) -> str:
    whole = _number(match["whole"], "点") if len(match[0]) <= _LONGEST else None
    if whole is None or not whole.isdigit():
        return match[0]
    value = f"{whole}.{''.join(str(_DIGIT[character]) for character in match['part'])}"
    return _written(Decimal(value) * _MYRIAD[match["unit"]]) if match["unit"] else value


def _written(value: Decimal) -> str:
    plain = format(value, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain

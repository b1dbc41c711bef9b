"""English words in the Penn Treebank's manner, for the non-Chinese runs of CMRC answers."""

import re
from functools import lru_cache

# A full stop followed by a blank closes a sentence, except after an initial ("henry a. walsh"), a number
# ("1. fc köln"), dotted letters ("u.s. army") or one of these.
# fmt: off
_ABBREVIATIONS = frozenset({
    "adm", "ave", "capt", "co", "col", "corp", "dept", "dr", "etc", "fig", "gen", "gov", "inc", "jr", "lt",
    "ltd", "maj", "mr", "mrs", "ms", "no", "prof", "rep", "rev", "sen", "sgt", "sr", "st", "vs",
})
# fmt: on
_STOP = re.compile(r"""\.[)\]}>"'»”’]*\s+(?=\S)""")
_WORD_BEFORE = re.compile(r"[^\s(\[{<\"'«“‘„]*$")

_OPENING = r"""(?:^"|(?<=^")"|(?<=[ (\[{<«“‘„])(?:"|''))"""
_PADDED = re.compile(
    rf"""
    (?P<opening>{_OPENING})                                # an opening double quote
  | (?P<closing>"|'')                                      # any other double quote
  | (?P<apostrophe>(?<!\w)'(?!(?:re|ve|ll|m|t|s|d|n)\b)(?=\w))   # an opening single quote
  | (?P<other>
        \.{{2,}}                                           # an ellipsis
      | [;@\#$%&?!<>()\[\]{{}}«»“”‘’„\u2012-\u2015]        # always a token of its own
      | [:,](?!\d)                                         # but 1,000 and 10:30 stay whole
      | (?<=[^.])\.(?=[\])}}>"'»”’\s]*$)                   # the last full stop
    )
    """,
    re.VERBOSE,
)
# One after the other: "don't's" loses 's, then n't.
_CLITICS = tuple(re.compile(rf"(?<=[^' ])({clitic})(?= )") for clitic in ("'", "'[smd]", "'ll|'re|'ve|n't"))
_CONTRACTION = re.compile(
    r"\b(?:(can)(not)|(d)('ye)|(gim)(me)|(gon)(na)|(got)(ta)|(lem)(me)|(more)('n)|(wan)(na)(?=\s))\b"
    r"|(?<=\s)('t)(is|was)\b"
)


@lru_cache(maxsize=1 << 16)
def english_words(text: str) -> tuple[str, ...]:
    """Lower-case text as the tokens that NLTK's `word_tokenize` finds in it.

    The rules: blanks separate; brackets, quotes and `; @ # $ % & ? !` stand alone; so do commas and colons
    unless a digit follows; the last full stop of a sentence stands alone, other full stops stay with their
    word; double quotes become two grave accents or two apostrophes as they open or close; clitics ('s, 'll,
    n't) and a handful of contractions (cannot, gonna) are cut.

    NLTK finds sentences with a trained model; here a full stop followed by a blank closes one, except after
    an initial, a number, dotted letters and common abbreviations.

    Args:
        text: lower-case text without the characters that the scorer drops (`-`, `*`, grave accents…).

    Returns:
        The tokens.

    >>> english_words("don't pay $3,000 (to mr. smith).")
    ('do', "n't", 'pay', '$', '3,000', '(', 'to', 'mr.', 'smith', ')', '.')
    """
    return tuple(word for sentence in _sentences(text) for word in _words(sentence))


def _sentences(text: str) -> list[str]:
    found, start = [], 0
    for stop in _STOP.finditer(text):
        if not _abbreviates(text[start : stop.start()]):
            found.append(text[start : stop.end()])
            start = stop.end()
    return [*found, text[start:]]


def _abbreviates(before: str) -> bool:
    match = _WORD_BEFORE.search(before)
    word = match[0] if match else ""
    return word in _ABBREVIATIONS or word.isdigit() or all(len(part) <= 1 for part in word.split("."))


def _pad(match: re.Match[str]) -> str:
    match match.lastgroup:
        case "opening":
            return " `` "
        case "closing":
            return " '' "
        case "apostrophe":
            return "' "
    return f" {match[0]} "


def _words(sentence: str) -> list[str]:
    text = f" {' '.join(_PADDED.sub(_pad, sentence).split())} "
    for clitic in _CLITICS:
        text = clitic.sub(r" \1", text)
    return _CONTRACTION.sub(lambda match: f" {' '.join(filter(None, match.groups()))} ", text).split()

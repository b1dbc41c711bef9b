"""Words that a passage says twice: from them questions can be made that nobody wrote."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

_SENTENCE = re.compile(r"[^。！？!?\n]*[。！？!?\n]*")
_WORDY = re.compile(r"[^\W_]+")
_MOST_WORDS = 4
_LENGTHS = range(2, 17)
_MOST_TIMES = 4  # what is said more often is what the passage is about, and stands everywhere
_COMMON = 0.01


class Recurring(NamedTuple):
    """Something that stands in several sentences: its length, and where it starts."""

    length: int
    starts: tuple[int, ...]


def recurring(texts: Sequence[Sequence[str]]) -> list[list[Recurring]]:
    """Find in each text, given as its words, the runs of words that recur in another sentence of it.

    A run has at most four words, and 2 to 16 characters; it recurs at most four times, stands in few of the texts, and
    neither begins nor ends with a word of one letter, so that it means something. Of two runs that always stand
    together only the longer is told.

    >>> [found] = recurring([["白云山", "很", "高", "。", "登上", "白云山", "的", "人", "很多", "。"]])
    >>> found
    [Recurring(length=3, starts=(0, 8))]
    """
    found = [_runs(words) for words in texts]
    spread = Counter(run for runs in found for run in runs)
    most = max(2, _COMMON * len(texts))
    return [_longest({run: starts for run, starts in runs.items() if spread[run] <= most}) for runs in found]


def sentences(text: str) -> list[tuple[int, int]]:
    """Cut a text into sentences, each with its full stop: (start, exclusive end).

    >>> sentences("甲。乙！丙")
    [(0, 2), (2, 4), (4, 5)]
    """
    return [match.span() for match in _SENTENCE.finditer(text) if match.group()]


def means(word: str) -> bool:
    """Tell a word that may mean something by itself: more than one letter, or a number.

    >>> means("山"), means("白云山"), means("8"), means("，，")
    (False, True, True, False)
    """
    return bool(_WORDY.fullmatch(word)) and (len(word) > 1 or word.isdigit())


def _runs(words: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Find the runs of words that stand in two sentences or more: where each starts."""
    text = "".join(words)
    ends = [0]
    for word in words:
        ends.append(ends[-1] + len(word))
    wordy = [bool(_WORDY.fullmatch(word)) for word in words]
    starts: dict[str, list[int]] = defaultdict(list)
    for i in range(len(words)):
        for j in range(i, min(i + _MOST_WORDS, len(words))):
            if not wordy[j]:
                break
            if ends[j + 1] - ends[i] in _LENGTHS and means(words[i]) and means(words[j]):
                starts[text[ends[i] : ends[j + 1]]].append(ends[i])
    number = [i for i, (first, last) in enumerate(sentences(text)) for _ in range(first, last)]
    return {
        run: tuple(places)
        for run, places in starts.items()
        if len(places) <= _MOST_TIMES and len({number[place] for place in places}) > 1
    }


def _longest(runs: dict[str, tuple[int, ...]]) -> list[Recurring]:
    """Leave out the runs that only ever stand within one longer run."""
    return [
        Recurring(len(run), starts)
        for run, starts in runs.items()
        if not any(
            len(other) > len(run) and run in other and len(places) == len(starts)
            for other, places in runs.items()
        )
    ]

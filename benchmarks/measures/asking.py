"""What one more question costs on passages that were read already."""

import time
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from maskplay.reading import Reader


def extra_question_cost(
    reader: Reader, passages: Sequence[str], questions: Sequence[str], repeats: int = 7
) -> float:
    """Compare the second question on some passages with the first, which has to read them.

    Every question is asked once before, so that nothing is compiled while the clock runs.

    Args:
        reader: uses Keras if its network was made before, else NumPy where the passages are short enough.
        passages: read anew for each first question.
        questions: at least two.
        repeats: first and second questions.

    Returns:
        The median of the seconds of second questions over the median of those of first questions.
    """
    chosen = [questions[i % len(questions)] for i in range(repeats + 1)]
    reading = reader.read(passages)
    for question in dict.fromkeys(chosen):
        reading.ask(question)
    first, extra = [], []
    for one, other in pairwise(chosen):
        began = time.perf_counter()
        reading = reader.read(passages)
        reading.ask(one)
        between = time.perf_counter()
        reading.ask(other)
        first.append(between - began)
        extra.append(time.perf_counter() - between)
    return median(extra) / median(first)

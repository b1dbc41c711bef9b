"""Where an answer may start and end."""

from dataclasses import replace

import numpy as np

from maskplay.text import Boundaries, boundaries


def answer_boundaries(text: str) -> Boundaries:
    """Find where answers in `text` may start and end: as `maskplay.text.boundaries` says, and not with a blank.

    >>> found = answer_boundaries("高 382米")
    >>> found.may_start.tolist()
    [True, False, True, False, False, True]
    """
    found = boundaries(text)
    visible = ~np.fromiter(map(str.isspace, text), bool, len(text))
    return replace(found, may_start=found.may_start & visible, may_end=found.may_end & visible)

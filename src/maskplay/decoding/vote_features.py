"""What a vote tells of its own certainty."""

from collections.abc import Sequence, Sized

import numpy as np
from numpy.typing import NDArray

from maskplay.decoding.vote import Ranked

VOTE_FEATURES = ("best", "margin", "length")
"""The features of `vote_features`, in order."""

_LEAST = 1e-6  # scores are kept this far from 0 and 1, so that their log-odds are finite
_FAINT = 0.05  # a rival below this hardly counts: no rival at all is little more than a faint one


def vote_features(ranking: Sequence[Ranked], passages: Sequence[Sized]) -> NDArray[np.float64]:
    """Describe a vote by a few numbers from which `Calibration` learns how far to trust it.

    They do not grow with the number of passages that say the same: copies of a passage are no further evidence, and no
    calibration data show what independent ones are worth.

    Args:
        ranking: what `vote` gave.
        passages: the texts that its spans are of.

    Returns:
        float64 `(3,)`, finite: the log-odds of the answer's best span; how far, in logarithms, it is above the
        runner-up's best span; the log of the length of the passage that it stands in, for in a short text even
        nonsense has little choice. The lowest values for a vote without any answer.

    >>> from maskplay.decoding import Span, vote
    >>> text = "主峰高382米"
    >>> vote_features(vote([Span(3, 7, 0.5, 0)], [text]), [text]).round(2)
    array([0.  , 2.4 , 2.08])
    """
    if not ranking:
        return np.array([np.log(_LEAST / (1 - _LEAST)), np.log(_FAINT / (1 + _FAINT)), 0.0])
    span = ranking[0].support[0]
    rival = ranking[1].support[0].score if len(ranking) > 1 else 0.0
    best = min(max(span.score, _LEAST), 1 - _LEAST)
    return np.array(
        [
            np.log(best / (1 - best)),
            np.log((span.score + _FAINT) / (rival + _FAINT)),
            np.log1p(len(passages[span.passage])),
        ]
    )

"""What a vote tells of its own certainty."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from maskplay.decoding.vote import Ranked

VOTE_FEATURES = ("best", "vote", "margin", "passages")
"""The features of `vote_features`, in order."""

_LEAST = 1e-6  # scores are kept this far from 0 and 1, so that their log-odds are finite


def vote_features(ranking: Sequence[Ranked]) -> NDArray[np.float64]:
    """Describe a vote by a few numbers from which `Calibration` learns how far to trust it.

    Args:
        ranking: what `vote` gave.

    Returns:
        float64 `(4,)`, finite: the log-odds of the answer's best span; the log of its vote; the log of one
        plus the ratio of its vote to the runner-up's (capped); the log of one plus the number of passages
        that support it. The lowest values for a vote without any answer.
    """
    if not ranking:
        return np.array([np.log(_LEAST / (1 - _LEAST)), np.log(_LEAST), 0.0, 0.0])
    first = ranking[0]
    best = min(max(first.support[0].score, _LEAST), 1 - _LEAST)
    rival = max(ranking[1].score if len(ranking) > 1 else 0.0, 1e-3 * first.score, _LEAST)
    return np.array(
        [
            np.log(best / (1 - best)),
            np.log(max(first.score, _LEAST)),
            np.log1p(first.score / rival),
            np.log1p(len({span.passage for span in first.support})),
        ]
    )

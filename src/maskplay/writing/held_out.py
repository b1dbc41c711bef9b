"""Pairs that are not learned from."""

from collections.abc import Sequence

import numpy as np

from maskplay.writing.pair import Pair

_RUN = 50  # neighbours, such as the lines of one poem, are held out together


def held_out(pairs: Sequence[Pair], seed: int, share: float = 0.02) -> tuple[list[Pair], list[Pair]]:
    """Split off some runs of neighbouring pairs.

    Args:
        pairs: in the order of their file.
        seed: which runs.
        share: of the pairs.

    Returns:
        Those to learn from, and those held out: about the share, one pair at least.

    Raises:
        ValueError: There are fewer than two pairs.
    """
    if len(pairs) < 2:
        raise ValueError(
            f"Training needs at least two pairs, one of them to validate on. Received: {len(pairs)}"
        )
    run = min(_RUN, max(1, round(share * len(pairs))))
    runs = -(-len(pairs) // run)
    order = np.random.default_rng(seed).permutation(runs)
    chosen = {int(i) for i in order[: max(1, round(share * runs))]}
    return (
        [pair for i, pair in enumerate(pairs) if i // run not in chosen],
        [pair for i, pair in enumerate(pairs) if i // run in chosen],
    )

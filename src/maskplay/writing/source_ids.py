"""A source as the tokens that a writer reads."""

import numpy as np

from maskplay.writing.coder import Coder


def source_ids(text: str, coder: Coder, max_length: int, limit: int | None) -> np.ndarray:
    """Encode a source, with the marks around it.

    Args:
        text: the source.
        coder: makes tokens.
        max_length: tokens that are to be written for it.
        limit: positions that the network has; None where it takes any number.

    Raises:
        ValueError: It has no tokens, or none that the coder knows; or there is no room for it and for what is to be
            written.
    """
    ids = coder.ids(text)
    if not len(ids) or text.isspace():
        raise ValueError(f"A source must have at least one token. Received: {text!r:.60}")
    if np.isin(ids, coder.never).all():  # something would be written all the same
        raise ValueError(
            f"A source must have a character that the writer knows. Received: {text!r:.60}. Take it out, or use a "
            "writer that knows some of them."
        )
    if limit is not None and len(ids) + 2 + max_length > limit:
        raise ValueError(
            f"Source and target together can have {limit - 2} tokens, as many as the network has positions, less 2 "
            f"marks. Received: a source of {len(ids)} tokens and max_length={max_length}: {text[:30]!r}"
        )
    return np.concatenate([[coder.start], ids, [coder.end]]).astype("int32")

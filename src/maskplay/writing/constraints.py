"""What a request forbids, in a coder's tokens."""

import numpy as np

from maskplay.decoding.generation import Constraint, MinimumLength, Never, NoRepeat, OneOf
from maskplay.writing.coder import Coder
from maskplay.writing.request import Request


class Constraints:
    """Makes constraints; those of a list of texts are kept, since programs are compiled for them.

    Args:
        coder: makes tokens of strings.
        rows: of the network's table; those behind the coder's tokens are never written.
    """

    def __init__(self, coder: Coder, rows: int) -> None:
        self._coder = coder
        # Tables that were padded for the hardware have rows without a token.
        self._never = Never((*coder.never, *range(coder.size, rows)))
        self._lists: dict[tuple[str, ...], OneOf] = {}

    def of(self, request: Request) -> tuple[Constraint, ...]:
        """Give the constraints of a request.

        Raises:
            ValueError: An allowed text cannot be written.
        """
        found: list[Constraint] = [self._never]
        if request.min_length:
            found.append(MinimumLength(request.min_length, self._coder.end))
        if request.no_repeat:
            found.append(NoRepeat(request.no_repeat))
        if request.allowed is not None:
            found.append(self._one_of(tuple(request.allowed), request.max_length))
        return tuple(found)

    def _one_of(self, allowed: tuple[str, ...], max_length: int) -> OneOf:
        if allowed not in self._lists:
            ids = [self._coder.ids(text) for text in allowed]
            for text, tokens in zip(allowed, ids, strict=True):
                if not len(tokens) or np.isin(tokens, self._coder.never).any():
                    raise ValueError(f"Every allowed text must be of known tokens. Received: {text!r}")
            self._lists[allowed] = OneOf([x.tolist() for x in ids], self._coder.end)
        found = self._lists[allowed]
        if found.longest > max_length:
            raise ValueError(
                f"max_length must have room for every allowed text, of {found.longest} tokens at most. Received: "
                f"{max_length}"
            )
        return found

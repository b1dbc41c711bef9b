"""What a request forbids, in a coder's tokens."""

from maskplay.decoding.generation import Constraint, MinimumLength, Never, NoRepeat, OneOf
from maskplay.writing.allowed_texts import AllowedTexts
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
        self._lists: dict[tuple[str, ...], AllowedTexts] = {}

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
        allowed = self.allowed(request)
        if allowed is not None:
            found.append(self._one_of(allowed, request.max_length))
        return tuple(found)

    def allowed(self, request: Request) -> AllowedTexts | None:
        """Give the texts that a request allows; None: any.

        Raises:
            ValueError: One of them cannot be written.
        """
        if request.allowed is None:
            return None
        texts = tuple(request.allowed)
        if texts not in self._lists:
            self._lists[texts] = AllowedTexts(texts, self._coder)
        return self._lists[texts]

    def _one_of(self, allowed: AllowedTexts, max_length: int) -> OneOf:
        found = allowed.constraint
        if found.longest > max_length:
            raise ValueError(
                f"max_length must have room for every allowed text, of {found.longest} tokens at most. Received: "
                f"{max_length}"
            )
        return found

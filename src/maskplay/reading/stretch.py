"""A stretch of a text, which is read and votes by itself."""

from dataclasses import dataclass
from functools import cached_property

from maskplay.reading.answer_boundaries import answer_boundaries
from maskplay.text import Boundaries, fold


@dataclass(frozen=True)
class Stretch:
    """Some consecutive characters of a passage.

    Attributes:
        passage: number of the passage.
        offset: of the first character in the passage.
        text: the characters.
    """

    passage: int
    offset: int
    text: str

    @cached_property
    def folded(self) -> str:
        """The text, folded: the form in which its words are compared with a question's."""
        return fold(self.text)

    @cached_property
    def boundaries(self) -> Boundaries:
        """Where answers may start and end."""
        return answer_boundaries(self.text)

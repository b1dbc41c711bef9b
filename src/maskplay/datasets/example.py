"""What every format becomes: questions, their passages, and where the answers are."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reference:
    """One gold answer in one passage.

    Attributes:
        text: the answer; where `start` is known, exactly the passage's own characters.
        start: character offset with `passage.text[start : start + len(text)] == text`, or None when the
            answer could not be found in the passage.
    """

    text: str
    start: int | None


@dataclass(frozen=True, slots=True)
class Passage:
    """A text that may hold the answer.

    Attributes:
        text: the text; examples that share a passage share this very string object.
        references: the gold answers looked for in this passage.

    Raises:
        ValueError: if a reference's offset does not match the text, so that nothing downstream has to check.

    >>> Passage("主峰高382米", (Reference("382米", 3),)).references[0].start
    3
    """

    text: str
    references: tuple[Reference, ...] = ()

    def __post_init__(self) -> None:
        for reference in self.references:
            start = reference.start
            if start is not None and (start < 0 or not self.text.startswith(reference.text, start)):
                raise ValueError(
                    f"the passage must hold {reference.text[:20]!r} at character {start}; it holds "
                    f"{self.text[max(start, 0) : max(start, 0) + 20]!r}. Pass start=None if it is unknown."
                )


@dataclass(frozen=True, slots=True)
class Example:
    """One question with its passages.

    Attributes:
        id: unique within its dataset.
        question: the question; empty if the file's is.
        passages: the texts to look in.
        answers: every accepted answer string, as the file has it, for the metrics; empty for a question
            without an answer, or whose answer is unknown.
    """

    id: str
    question: str
    passages: tuple[Passage, ...]
    answers: tuple[str, ...] = ()

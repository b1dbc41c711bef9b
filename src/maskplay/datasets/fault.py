"""What can be wrong with a dataset file."""

from dataclasses import dataclass

FAULT_KINDS = {
    "encoding": "the bytes are not UTF-8",
    "format": "the file is no known dataset",
    "questions-missing": "the file holds no question",
    "json": "the text is not valid JSON, or not to its end",
    "structure": "a value is missing or has the wrong type; the question or passage was left out",
    "number": "a number stands where a text belongs",
    "id-missing": "a question has no id",
    "id-duplicate": "two questions have the same id",
    "question-empty": "a question has no text",
    "passage-empty": "a passage has no text",
    "passages-missing": "a question has no passages",
    "answer-missing": "an answer is null, NaN or empty",
    "answer-number": "an answer is a number, or became one in a spreadsheet",
    "answer-differs": "the passage has the answer in other width, case, script, blanks or punctuation",
    "answer-not-found": "the passage does not hold the answer",
    "offset-wrong": "the answer is not where its offset says",
    "offset-missing": "the answer has no offset",
}
"""Each kind of fault and what it means."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a file.

    Attributes:
        kind: a key of `FAULT_KINDS`.
        where: JSON path (`$.data[3].paragraphs[0]`), for JSON lines behind the line (`line 7: $.answer`).
        detail: what was found there, in short.
        id: the id of the question concerned, or "".
        repair: how it was mended, or None where it could not be.

    >>> print(Fault("offset-wrong", "$.data[0]", "'跳海' is not at 342", "Q1", "moved to 341"))
    $.data[0] (Q1): offset-wrong: '跳海' is not at 342; moved to 341
    """

    kind: str
    where: str
    detail: str
    id: str = ""
    repair: str | None = None

    def __str__(self) -> str:
        name = f" ({self.id})" if self.id else ""
        return f"{self.where}{name}: {self.kind}: {self.detail}; {self.repair or 'not mended'}"

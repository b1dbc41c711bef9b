"""WebQA, strict: chunks that equal a gold answer."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from maskplay.metrics.pairwise import NO_REFERENCE, all_or_nothing, headline
from maskplay.metrics.row import Row
from maskplay.metrics.score import Score


@dataclass(frozen=True, slots=True)
class ChunkScore:
    """Counts of WebQA's scorer.

    Attributes:
        total: evidences (or questions, with voting).
        generated: predicted chunks.
        right: evidences (or questions) of which a chunk equals a gold answer; at most one hit each.
    """

    total: int
    generated: int
    right: int

    @property
    def precision(self) -> float:
        """Right over generated; 0 when nothing was generated."""
        return self.right / self.generated if self.generated else 0.0

    @property
    def recall(self) -> float:
        """Right over total; 0 when there is nothing to find."""
        return self.right / self.total if self.total else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def chunk_score(judged: Iterable[tuple[Sequence[str], Sequence[str]]]) -> ChunkScore:
    """Score predicted chunks against gold answers, evidence by evidence.

    Args:
        judged: per evidence, the predicted chunks and the gold answers. The chunk "no_result" is right where
            the gold answer is "no_answer".

    >>> chunk_score([(["李白", "杜甫"], ["李白"]), ([], ["王维"])])
    ChunkScore(total=2, generated=2, right=1)
    """
    total = generated = right = 0
    for chunks, gold in judged:
        total += 1
        generated += len(chunks)
        right += _hit(chunks, gold)
    return ChunkScore(total, generated, right)


def vote_chunks(evidences: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """The answers of one question: its most frequent normalised chunks over its evidences.

    Several chunks can share the highest count. When that count is 1, nothing has been confirmed, and the
    chunks of the first evidence that has any are taken.

    Args:
        evidences: the predicted chunks of each evidence of the question.

    >>> vote_chunks([["李白"], ["杜甫", "王维"], ["杜甫"]])
    ('杜甫',)
    """
    kept = [tuple(map(_without_blanks, chunks)) for chunks in evidences]
    counts = Counter(chunk for chunks in kept for chunk in chunks)
    top = max(counts.values(), default=0)
    if top == 1:
        return tuple(dict.fromkeys(next(filter(None, kept))))
    return tuple(chunk for chunk, count in counts.items() if count == top)


def _without_blanks(text: str) -> str:
    return "".join(text.split())


def _normalise(text: str) -> str:
    return _without_blanks(text).lower()


def _hit(chunks: Sequence[str], gold: Sequence[str]) -> bool:
    wanted = {_normalise(answer) for answer in gold} - {""}
    if "no_answer" in wanted:
        wanted.add("no_result")
    return not wanted.isdisjoint(map(_normalise, chunks))


@dataclass(frozen=True, slots=True)
class WebQAMetric:
    """Baidu WebQA (Li et al., 2016), strict: one answer per question, right or wrong.

    Blanks are dropped and text is lower-cased; a prediction is right if it then equals a gold answer. Over a
    benchmark, precision counts the questions that were answered, recall all questions; `em` is the recall and
    `f1` their harmonic mean. For several chunks per evidence use `chunk_score` and `vote_chunks`. No answer
    (an empty prediction) is right, and counts as given, where the question has no gold answer.

    >>> webqa.score("李 白", ["李白"])
    Score(em=1.0, f1=1.0)
    """

    name: str = "webqa"
    answerless: bool = True

    def score(self, prediction: str, references: Sequence[str]) -> Score:
        """1 if the prediction equals a reference, else 0."""
        return all_or_nothing(_hit(*_as_chunks(prediction, references)))

    def explain(self, prediction: str, references: Sequence[str]) -> str:
        """The normalised forms that were compared."""
        lines = [headline(self.name, prediction, self.score(prediction, references))]
        if not references:
            return "\n".join([*lines, NO_REFERENCE])
        lines.append(f"  normalised  {_normalise(prediction)!r}")
        for number, reference in enumerate(references, 1):
            same = "equal" if _hit([prediction], [reference]) else "different"
            lines.append(f"  reference {number}: {reference!r} -> {_normalise(reference)!r}: {same}")
        return "\n".join(lines)

    def combine(self, rows: Sequence[Row]) -> Score:
        """Recall and F1 over all questions; a question without a prediction generated nothing."""
        found = chunk_score(
            ((), row.references) if row.prediction is None else _as_chunks(row.prediction, row.references)
            for row in rows
        )
        return Score(found.recall, found.f1)


def _as_chunks(prediction: str, references: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    gold = references or ("no_answer",)
    if _normalise(prediction):
        return (prediction,), gold
    return ("no_result",) if list(gold) == ["no_answer"] else (), gold


webqa = WebQAMetric()
"""WebQA's strict metric; see `WebQAMetric`."""

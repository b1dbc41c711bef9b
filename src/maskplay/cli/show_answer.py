"""An answer and its evidence, for people and for machines."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from maskplay.cli.excerpt import excerpt, line_and_column, shown
from maskplay.cli.sources import Place

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from maskplay.reading import Answer, Candidate, Evidence

_MOST = 8  # places shown for one answer; --json has them all


def as_dict(answer: "Answer", places: Sequence[Place], top: int) -> dict[str, Any]:
    """Give an answer as JSON-able values, with offsets into the sources that the user named."""
    return {
        "answered": bool(answer),
        "text": answer.text,
        "score": answer.score,
        "threshold": answer.threshold,
        "margin": answer.margin,
        "evidence": [_evidence(one, places) for one in answer.evidence],
        "candidates": [
            {"text": one.text, "vote": one.vote, "evidence": [_evidence(e, places) for e in one.evidence]}
            for one in answer.candidates[:top]
        ],
        "runner_up": answer.runner_up and {"text": answer.runner_up.text, "vote": answer.runner_up.vote},
    }


def show(console: "Console", answer: "Answer", places: Sequence[Place], top: int) -> None:
    """Print an answer, its probability and its evidence; or that there is none, and what came nearest."""
    from rich.text import Text

    if answer:
        probability = f"   probability {_rounded(answer.score)}"
        console.print(Text.assemble((shown(answer.text), "bold green"), (probability, "dim")))
        _show_places(console, answer.candidates[0], places)
    elif answer.candidates:
        best = answer.candidates[0]
        reason = f"with probability {_rounded(answer.score)}; {_rounded(answer.threshold)} is needed."
        console.print(
            Text.assemble(
                ("No answer.", "bold yellow"), f" The best candidate is {shown(best.text)}, {reason}"
            )
        )
        _show_places(console, best, places)
    else:
        console.print(
            Text.assemble(("No answer.", "bold yellow"), " The texts hold nothing that could be one.")
        )
    for number, candidate in enumerate(answer.candidates[1:top], 2):
        console.print(
            Text.assemble(
                f"{number}. ", (shown(candidate.text), "bold"), (f"   vote {candidate.vote:.2f}", "dim")
            )
        )
        _show_places(console, candidate, places)


def _rounded(probability: float) -> str:
    """Write a probability; nothing is certain, and nothing impossible.

    >>> _rounded(0.126), _rounded(0.999), _rounded(0.001)
    ('0.13', 'over 0.99', 'under 0.01')
    """
    if probability > 0.99:
        return "over 0.99"
    return "under 0.01" if 0 < probability < 0.01 else f"{probability:.2f}"


def _show_places(console: "Console", candidate: "Candidate", places: Sequence[Place]) -> None:
    apart = _apart(candidate.evidence)
    for evidence in apart[:_MOST]:
        console.print(_place(evidence, places, marked=console.color_system is None))
    if len(apart) > _MOST:
        console.print(f"  and {len(apart) - _MOST} more")


def _apart(evidence: Sequence["Evidence"]) -> list["Evidence"]:
    """Leave out spans, given the best first, that overlap a better one: 《故乡》 and 故乡 are one place."""
    apart: list[Evidence] = []
    taken: set[tuple[int, int]] = set()
    for one in evidence:
        characters = {(one.passage, place) for place in range(one.start, one.end)}
        if not characters & taken:
            apart.append(one)
            taken |= characters
    return apart


def _place(evidence: "Evidence", places: Sequence[Place], *, marked: bool) -> "Text":
    from rich.text import Text

    found = _evidence(evidence, places)
    whole = places[evidence.passage].source.text
    before, span, after = excerpt(whole, found["start"], found["end"])
    where = f"{shown(found['source'])}:{found['line']}"
    about = f"  characters {found['start']}-{found['end']}   support {evidence.score:.2f}"
    if marked:  # where nothing can be coloured
        span = f"[{span}]"
    return Text.assemble(
        "  ", (where, "cyan"), (about, "dim"), "\n    ", before, (span, "bold green underline"), after
    )


def _evidence(evidence: "Evidence", places: Sequence[Place]) -> dict[str, Any]:
    place = places[evidence.passage]
    start = place.offset + evidence.start
    line, column = line_and_column(place.source.text, start)
    return {
        "source": place.source.name,
        "line": line,
        "column": column,
        "start": start,
        "end": place.offset + evidence.end,
        "text": evidence.text,
        "score": evidence.score,
    }

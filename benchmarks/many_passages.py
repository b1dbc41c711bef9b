"""Finding the right passage: each question of a file is asked of its own passage, and of it among others like it.

    python benchmarks/many_passages.py cmrc2018/dev.json [--passages N] [--questions N] [--model FOLDER] [--json]

The others are those of the file's passages that share most with the question: character pairs, each weighed by how few
passages have it (as a search engine would bring them). Which of them hold an answer too is not known; some do, so a
hundred per cent cannot be reached. The first questions are asked of their passages joined to one text, too. Takes some
minutes.
"""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import argparse
from collections import Counter
from dataclasses import replace
from math import log
from pathlib import Path
from typing import Any

from maskplay import metrics
from maskplay.datasets import Example, Passage
from maskplay.reading import Reader
from measures.clock import cores, seconds
from measures.report import note, report
from measures.sample import examples

MEANINGS = {
    "em_among": "exact matches, asked of all the passages",
    "f1_among": "F1, asked of all the passages",
    "right_passage": "share of the answers whose best evidence is in the question's own passage",
    "em_joined": "exact matches, asked of all the passages joined to one text",
    "f1_joined": "F1, asked of all the passages joined to one text",
    "joined": "questions that were asked of joined passages",
    "em_alone": "exact matches, asked of its own passage",
    "f1_alone": "F1, asked of its own passage",
    "right_by_words": "share whose own passage shares most with the question, without any reader",
    "questions": "",
    "passages": "of each question",
    "seconds": "of asking all the passages",
    "cores": "that this process may use",
}


def main() -> None:
    options = _options()
    asked, metric = examples(options.file, options.questions)
    if options.file is None:
        note("without a file, passages are made up: they tell whether this runs, not how good a reader is")
    among, right = _among(asked, options.passages)
    reader = Reader.load(options.model)
    alone = reader.evaluate(asked, metric)
    note(f"{len(asked)} questions, {options.passages} passages each")
    answers: list[Any] = []
    took = seconds(lambda: answers.extend(reader.batch(among, threshold=0.0)))
    found = metrics.evaluate(
        among, {one.id: answer.text for one, answer in zip(among, answers, strict=True)}, metric
    )
    own = [
        bool(a.evidence) and a.evidence[0].passage == place
        for a, (place, _) in zip(answers, right, strict=True)
    ]
    joined = reader.evaluate([_joined(one) for one in among[: options.joined]], metric)
    figures = {
        "em_among": found.em,
        "f1_among": found.f1,
        "right_passage": sum(own) / len(own),
        "em_joined": joined.em,
        "f1_joined": joined.f1,
        "joined": joined.count,
        "em_alone": alone.em,
        "f1_alone": alone.f1,
        "right_by_words": sum(first for _, first in right) / len(right),
        "questions": len(asked),
        "passages": options.passages,
        "seconds": took,
        "cores": cores(),
    }
    report(figures, MEANINGS, "one passage among others", options.json)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, nargs="?", help="a dataset with one passage for each question")
    parser.add_argument("--questions", type=int, default=600, help="those of a passage together; 0 for all")
    parser.add_argument("--passages", type=int, default=10, help="of each question")
    parser.add_argument("--joined", type=int, default=150, help="questions asked of joined passages")
    parser.add_argument("--model", type=Path, help="a reader's folder; default: the bundled reader")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args()


def _among(asked: list[Example], count: int) -> tuple[list[Example], list[tuple[int, bool]]]:
    """Give the examples with more passages; where their own is, and whether it shares most."""
    texts = list(dict.fromkeys(example.passages[0].text for example in asked))
    if len(texts) < count:
        raise SystemExit(f"--passages must be at most the {len(texts)} different passages. Received: {count}")
    pairs = [_pairs(text) for text in texts]
    seen_in = Counter(pair for found in pairs for pair in found)
    made, right = [], []
    for example in asked:
        own = texts.index(example.passages[0].text)
        wanted = _pairs(example.question)
        shared = [sum(log(len(texts) / seen_in[pair]) for pair in wanted & found) for found in pairs]
        order = sorted(range(len(texts)), key=lambda i: -shared[i])
        chosen = order[:count] if own in order[:count] else [*order[: count - 1], own]
        # In the order of the file: the place among them must not give it away.
        chosen.sort()
        passages = tuple(example.passages[0] if i == own else Passage(texts[i]) for i in chosen)
        made.append(replace(example, passages=passages))
        right.append((chosen.index(own), order[0] == own))
    return made, right


def _joined(example: Example) -> Example:
    return replace(example, passages=(Passage("\n".join(passage.text for passage in example.passages)),))


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}


if __name__ == "__main__":
    main()

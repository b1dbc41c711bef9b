"""A text of ten million characters, read in constant memory.

    python benchmarks/streaming.py [--characters N] [--model FOLDER] [--json]

The text is made while it is read. The growth of the process' peak memory is counted after the first portions, when
everything is compiled and every buffer has its size. Then a prefix of the text is read as a stream and as one passage,
and the spans found are compared. Takes some minutes on two cores.
"""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import argparse
import resource
import sys
import time
from pathlib import Path
from typing import Any

from maskplay.reading import Answer, Reader
from measures.clock import cores
from measures.report import note, report
from measures.sentences import facts, sentences

MEANINGS = {
    "characters": "read as a stream",
    "characters_per_second": "",
    "rss_growth_mb": "how far peak memory grew after the first portions",
    "rss_mb": "peak memory of the process when the stream was read",
    "spans_equal": "whether stream and one pass found the same spans in the prefix",
    "largest_score_difference": "between the spans' scores of stream and one pass",
    "spans": "compared",
    "prefix_characters": "read both ways",
    "cores": "that this process may use",
}


def main() -> None:
    options = _options()
    reader = Reader.load(options.model)
    question = next(facts(seed=0)).question
    figures = _stream(reader, question, options.characters, options.first)
    figures |= _prefix(reader, question, options.prefix)
    figures["cores"] = cores()
    report({name: figures[name] for name in MEANINGS}, MEANINGS, "reading as a stream", options.json)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--characters", type=int, default=10_000_000)
    parser.add_argument("--prefix", type=int, default=200_000, help="characters that are read both ways")
    parser.add_argument("--first", type=int, default=500_000, help="characters after which growth counts")
    parser.add_argument("--model", type=Path, help="a reader's folder; default: the bundled reader")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args()


def _stream(reader: Reader, question: str, characters: int, first: int) -> dict[str, Any]:
    note(f"a stream of {characters:,} characters")
    before, began, counted, read = None, 0.0, 0, 0
    for stream in reader.stream(question, sentences(characters)):
        read = stream.characters
        if before is None and read >= first:
            before, began, counted = _peak_memory(), time.perf_counter(), read
    if before is None or read == counted:
        raise SystemExit(f"The stream must be longer than its first part. Received: {characters} and {first}")
    return {
        "characters": read,
        "characters_per_second": (read - counted) / (time.perf_counter() - began),
        "rss_growth_mb": (_peak_memory() - before) / 2**20,
        "rss_mb": _peak_memory() / 2**20,
    }


def _prefix(reader: Reader, question: str, characters: int) -> dict[str, Any]:
    note(f"a prefix of {characters:,} characters, both ways")
    chunks = list(sentences(characters))
    text = "".join(chunks)
    *_, last = reader.stream(question, chunks)
    streamed = _spans(last.answer(threshold=0.0))
    whole = _spans(reader(question, [text]))
    scores = [abs(a - b) for (*_, a), (*_, b) in zip(streamed, whole, strict=False)]
    return {
        "spans_equal": [span[:3] for span in streamed] == [span[:3] for span in whole],
        "largest_score_difference": max(scores, default=0.0),
        "spans": len(whole),
        "prefix_characters": len(text),
    }


def _spans(answer: Answer) -> list[tuple[int, int, str, float]]:
    """List the spans of all candidates, in the order of the text."""
    evidence = [one for candidate in answer.candidates for one in candidate.evidence]
    return sorted((one.start, one.end, one.text, one.score) for one in evidence)


def _peak_memory() -> int:
    """Give the largest resident size so far, in bytes."""
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size if sys.platform == "darwin" else size * 1024


if __name__ == "__main__":
    main()

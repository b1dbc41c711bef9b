"""Title generation: pairs of a text and its heading, made of laws; the same commands work on any such file.

    python examples/titles.py laws.jsonl.xz titles.tsv held-out.tsv
    maskplay write train titles.tsv --validate held-out.tsv --out titler/
    maskplay write evaluate held-out.tsv --model titler/ --limit 500
    maskplay write generate --model titler/ "违反本条例规定的，由市场监督管理部门责令改正，并处一千元以上罚款。"

`laws.jsonl.xz`: on each line an object with "text", laws in Markdown whose chapters are headed `## 第一章 总则`. A line
of the result is the beginning of a chapter, a tab, and the chapter's heading without its number. Laws are held out
whole.
"""

import json
import lzma
import re
import sys
from collections.abc import Iterator
from pathlib import Path

LONGEST = 100  # characters of a chapter that are read
_CHAPTER = re.compile(r"^#+\s*第[一二三四五六七八九十百]+章\s*(.+)$", re.MULTILINE)
_ARTICLE = re.compile(r"^第[一二三四五六七八九十百千]+条\s*", re.MULTILINE)


def chapters(law: str) -> Iterator[tuple[str, str]]:
    """Give the beginning and the heading of each chapter of a law."""
    found = list(_CHAPTER.finditer(law))
    ends = [*(match.start() for match in found[1:]), len(law)]
    for match, end in zip(found, ends, strict=False):
        body = law[match.end() : end]
        text = " ".join(_ARTICLE.sub("", body).replace("#", " ").split())[:LONGEST]
        heading = "".join(match[1].split())
        if text and heading:
            yield text, heading


def main(source: str, learned: str, held_out: str) -> None:
    """Write the two files."""
    pairs: dict[str, list[str]] = {learned: [], held_out: []}
    with lzma.open(source, "rt", encoding="utf-8") as laws:
        for number, line in enumerate(laws):
            path = held_out if number % 20 == 0 else learned
            pairs[path] += [f"{text}\t{heading}\n" for text, heading in chapters(json.loads(line)["text"])]
    for path, lines in pairs.items():
        Path(path).write_text("".join(lines), encoding="utf-8")
        print(f"{path}: {len(lines)} pairs")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])

"""Title generation: pairs of a text and its heading, made of laws; the same commands work on any such file.

    python examples/titles.py laws.jsonl.xz titles.tsv held-out.tsv
    maskplay write train titles.tsv --validate held-out.tsv --out titler/
    maskplay write evaluate held-out.tsv --model titler/ --limit 500
    maskplay write generate --model titler/ "违反本条例规定的，由市场监督管理部门责令改正，并处一千元以上罚款。"

`laws.jsonl.xz`: on each line an object with "text", laws in Markdown whose chapters are headed `## 第一章 总则`. A line
of the result is the beginning of a chapter, a tab, and the chapter's heading without its number. Headings that nearly
every law has (general provisions and the like) are left out. Laws are held out whole, and no text is in both files.
"""

import json
import lzma
import re
import sys
from collections.abc import Iterator
from pathlib import Path

LONGEST = 60  # characters of a chapter that are read
COMMON = ("总则", "附则", "法律责任", "罚则")
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
        if text and heading and heading not in COMMON:
            yield text, heading


def main(source: str, learned: str, held_out: str) -> None:
    """Write the two files."""
    with lzma.open(source, "rt", encoding="utf-8") as laws:
        found = [list(chapters(json.loads(line)["text"])) for line in laws]
    held = dict(pair for pairs in found[::20] for pair in pairs)
    rest = [
        pair for number, pairs in enumerate(found) if number % 20 for pair in pairs if pair[0] not in held
    ]
    for path, pairs in ((learned, rest), (held_out, list(held.items()))):
        lines = [f"{text}\t{heading}\n" for text, heading in pairs]
        Path(path).write_text("".join(lines), encoding="utf-8")
        print(f"{path}: {len(lines)} pairs")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])

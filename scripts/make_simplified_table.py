"""Write the tables of `maskplay.text.simplify` and `fold` from OpenCC's dictionaries.

Development only: `pip install opencc`, then `python scripts/make_simplified_table.py`.
Reads TSCharacters and TSPhrases (OpenCC, Apache-2.0) and keeps what preserves the length: each
character's first Simplified form, and the phrases in which a character is *not* its usual self
(乾隆 stays 乾隆 although 乾 is 干).
"""

import subprocess
import tempfile
from pathlib import Path

import opencc

TARGET = Path(__file__).parents[1] / "src/maskplay/text"


def entries(name: str) -> list[tuple[str, str]]:
    """Dump one compiled dictionary of the installed OpenCC as (key, first value) pairs."""
    clib = Path(opencc.__file__).parent / "clib"
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "out.txt")
        source = clib / "share/opencc" / f"{name}.ocd2"
        command = [clib / "bin/opencc_dict", "-i", source, "-o", out, "-f", "ocd2", "-t", "text"]
        subprocess.run(list(map(str, command)), check=True)
        lines = out.read_text("utf-8").splitlines()
    pairs = (line.split("\t") for line in lines)
    return [(key, values.split(" ")[0]) for key, values in pairs]


def main() -> None:
    """Write both tables."""
    characters = {k: v for k, v in sorted(entries("TSCharacters")) if k != v and len(k) == len(v) == 1}
    phrases = {}
    for key, value in sorted(entries("TSPhrases")):
        if len(key) == len(value) and value != "".join(characters.get(c, c) for c in key):
            phrases[key] = value
    for name, table in (("simplified_characters", characters), ("simplified_phrases", phrases)):
        lines = "".join(f"{key}\t{value}\n" for key, value in table.items())
        (TARGET / f"{name}.txt").write_text(lines, "utf-8", newline="\n")
        print(f"{name}: {len(table)} entries")


if __name__ == "__main__":
    main()

"""Ask the bundled reader about a folder of texts, twice, after reading it once.

    python examples/ask.py

Takes about 2 seconds on 2 CPU cores and prints the answer 382米 with a place in each of the two files that say so
(baiyunshan.txt, morning_walk.txt), then 1960年 with one (yuexiushan.txt).
"""

from pathlib import Path

from maskplay import Reader

FOLDER = Path(__file__).parent / "passages"


def main() -> None:
    """Read the folder once and ask it two questions."""
    files = sorted(FOLDER.glob("*.txt"))
    passages = [file.read_text(encoding="utf-8") for file in files]
    reading = Reader.load().read(passages)
    for question in ("白云山主峰多高？", "五羊石像建于哪一年？"):
        answer = reading.ask(question)
        print(f"{question} {answer.text or 'no answer'} (probability {answer.score:.2f})")
        best = {
            evidence.passage: evidence for evidence in reversed(answer.evidence)
        }  # the best of each passage
        for evidence in best.values():
            text = passages[evidence.passage]
            sentence = text[text.rfind("。", 0, evidence.start) + 1 : text.find("。", evidence.end)].strip()
            print(f"  {files[evidence.passage].name}, characters {evidence.start}-{evidence.end}: {sentence}")


if __name__ == "__main__":
    main()

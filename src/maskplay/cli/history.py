"""What each epoch of a training run reached, as a file and a picture."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from maskplay._files import write_whole, written_whole

FILE, PICTURE = "history.jsonl", "history.png"


class History:
    """The epochs of a run; those before a resumed run are read from its file.

    Args:
        folder: holds history.jsonl and, with matplotlib, history.png.
        curves: which scores are drawn, and how they are called there.
        axis: what the scores are.
    """

    def __init__(self, folder: Path, curves: Mapping[str, str], axis: str) -> None:
        self._folder, self._curves, self._axis = folder, curves, axis
        self.rows: list[dict[str, Any]] = _read(folder / FILE)

    def add(self, row: dict[str, Any]) -> None:
        """Add an epoch, in place of the same one and later ones of an earlier attempt, and write the files."""
        self.rows = [old for old in self.rows if old["epoch"] < row["epoch"]] + [row]
        self._folder.mkdir(parents=True, exist_ok=True)
        lines = "".join(json.dumps(one) + "\n" for one in self.rows)
        write_whole(self._folder / FILE, lines.encode())
        self._plot()

    def _plot(self) -> None:
        try:
            from matplotlib.figure import Figure
            from matplotlib.ticker import MaxNLocator
        except ImportError:
            return
        figure = Figure(figsize=(7, 4), layout="constrained")
        left = figure.subplots()
        left.plot(*self._curve("loss"), "o-", color="tab:gray", label="loss")
        left.set(xlabel="epoch", ylabel="loss of training")
        left.xaxis.set_major_locator(MaxNLocator(integer=True))
        right = left.twinx()
        for score, colour in zip(self._curves, ("tab:blue", "tab:green"), strict=False):
            right.plot(*self._curve(score), "o-", color=colour, label=self._curves[score])
        right.set(ylabel=self._axis)
        figure.legend(loc="outside upper center", ncols=3)
        with written_whole(self._folder / PICTURE) as unfinished:
            figure.savefig(unfinished, format="png", dpi=120)

    def _curve(self, name: str) -> tuple[list[int], list[float]]:
        rows = [row for row in self.rows if name in row]
        return [row["epoch"] for row in rows], [row[name] for row in rows]


def _read(path: Path) -> list[dict[str, Any]]:
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    except (FileNotFoundError, ValueError):
        return []
    return [row for row in rows if isinstance(row, dict) and isinstance(row.get("epoch"), int)]

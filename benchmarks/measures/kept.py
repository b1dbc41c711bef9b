"""Figures kept in a file as they become known, so that a long benchmark that was interrupted goes on."""

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from maskplay._files import write_whole


class Kept:
    """Figures by name, with the minutes that they took.

    Args:
        path: of a JSON file; None to keep none.
        setting: what the figures are of; a file of others is refused.
    """

    def __init__(self, path: Path | None, setting: Mapping[str, Any]) -> None:
        self.path, self.setting = path, dict(setting)
        self.figures: dict[str, Any] = {}
        self.minutes = 0.0
        self._done: list[str] = []
        if path is not None and path.exists():
            self._read(json.loads(path.read_text(encoding="utf-8")))

    def find(self, run: str, measure: Callable[[], Mapping[str, Any]]) -> None:
        """Add the figures of a run, unless they are known."""
        if run in self._done:
            return
        began = time.perf_counter()
        self.figures |= measure()
        self.minutes += (time.perf_counter() - began) / 60
        self._done.append(run)
        if self.path is not None:
            state = {**vars(self), "path": None}
            write_whole(self.path, json.dumps(state, ensure_ascii=False, indent=1).encode())

    def _read(self, state: Mapping[str, Any]) -> None:
        if state["setting"] != self.setting:
            raise ValueError(
                f"{self.path} must hold figures of {self.setting}. It holds those of {state['setting']}"
            )
        self.figures, self.minutes, self._done = state["figures"], state["minutes"], state["_done"]

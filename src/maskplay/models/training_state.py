"""Training that can be stopped at any step: all that it changes, in a folder."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from maskplay._files import written_whole_folder


class TrainingState:
    """Checkpoints of a compiled Keras model: weights, random states, the optimizer's moments.

    Each is a folder that is written whole or not at all; without a folder they are kept in memory.

    Args:
        model: compiled, its optimizer built.
        folder: holds the checkpoints; None for memory.
        kind: what must be the same when a run goes on; JSON values.
    """

    def __init__(self, model: keras.Model, folder: Path | None, kind: Mapping[str, Any]) -> None:
        self.model, self.folder = model, folder
        self.kind = {**kind, "precision": keras.config.dtype_policy().name}
        self._kept: dict[str, tuple[dict[str, np.ndarray], dict[str, Any]]] = {}

    @staticmethod
    def exists(folder: Path, name: str) -> bool:
        """Say whether there is a checkpoint of that name in a folder."""
        return _place(folder, name) is not None

    def save(self, name: str, progress: Mapping[str, Any]) -> None:
        """Write a checkpoint in the place of the one of that name.

        Args:
            name: of the folder in the folder.
            progress: what `load` gives back; JSON values.

        Raises:
            OSError: It cannot be written; the one before is still there.
        """
        values = {key: np.array(value) for key, value in self._variables()}
        if self.folder is None:
            self._kept[name] = values, dict(progress)
            return
        arrays = save(values)  # not save_file, whose error for a full disk is no OSError
        state = {"kind": self.kind, "progress": dict(progress)}
        with written_whole_folder(self.folder / name) as unfinished:
            (unfinished / "variables.safetensors").write_bytes(arrays)
            (unfinished / "state.json").write_text(json.dumps(state, indent=1), encoding="utf-8")

    def resume(self, name: str) -> dict[str, Any] | None:
        """Go back to a checkpoint, if there is one, and give its progress.

        Raises:
            ValueError: It is damaged, or was made with other options, other data or another network.
        """
        if self.folder is None:
            return self._remembered(name)
        place = _place(self.folder, name)
        return None if place is None else self._load(place)

    def has(self, name: str) -> bool:
        """Say whether there is a checkpoint of that name."""
        return name in self._kept if self.folder is None else self.exists(self.folder, name)

    def damaged(self, name: str, why: str) -> ValueError:
        """Make the error of a checkpoint that is no good."""
        # The best alone would be missed at the end: the last weights would be taken for it.
        return ValueError(
            f"{(self.folder or Path()) / name} is damaged: {why}. Remove last and best from {self.folder} to begin "
            "again."
        )

    def _remembered(self, name: str) -> dict[str, Any] | None:
        if name not in self._kept:
            return None
        values, progress = self._kept[name]
        for key, variable in self._variables():
            variable.assign(values[key])
        return dict(progress)

    def _load(self, checkpoint: Path) -> dict[str, Any]:
        try:
            state = json.loads((checkpoint / "state.json").read_text(encoding="utf-8"))
            arrays = load_file(checkpoint / "variables.safetensors")
            found, progress = dict(state["kind"]), dict(state["progress"])
        except (ValueError, KeyError, TypeError, OSError, SafetensorError) as error:
            raise self.damaged(checkpoint.name, repr(error)) from None
        wanted = json.loads(json.dumps(self.kind))
        if found != wanted:
            other = {
                key: (found.get(key), wanted.get(key))
                for key in sorted({*found, *wanted})
                if found.get(key) != wanted.get(key)
            }
            raise ValueError(
                f"A run can only go on with the data and options that it began with. {checkpoint} differs in "
                + "; ".join(f"{key}: it has {was!r}, received {now!r}" for key, (was, now) in other.items())
                + ". Use those, or another folder."
            )
        variables = dict(self._variables())
        if {k: a.shape for k, a in arrays.items()} != {k: tuple(v.shape) for k, v in variables.items()}:
            raise ValueError(f"{checkpoint} is of another network. Use that, or another folder.")
        for key, variable in variables.items():
            variable.assign(arrays[key])
        return progress

    def _variables(self) -> Iterator[tuple[str, Any]]:
        for kind, variables in (
            ("model", self.model.variables),
            ("optimizer", self.model.optimizer.variables),
        ):
            for number, variable in enumerate(variables):
                # By number: the paths of random states depend on what else the process made before.
                yield f"{kind}/{number}", variable


def _place(folder: Path, name: str) -> Path | None:
    """Find a checkpoint: the old one, if a kill came between the two renames."""
    places = (folder / name, folder / f".{name}.old")
    return next((place for place in places if (place / "state.json").exists()), None)

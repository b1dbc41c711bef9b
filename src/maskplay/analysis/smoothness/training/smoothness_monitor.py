"""Smoothness watched while a model is trained."""

import csv
import io
import os
from collections.abc import Callable, Sequence
from dataclasses import astuple, fields
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops

from maskplay._files import write_whole
from maskplay.analysis.smoothness.surface.loss_surface import LossSurface
from maskplay.analysis.smoothness.surface.mode import Mode
from maskplay.analysis.smoothness.training.smoothness_record import SmoothnessRecord

_NAMES = ("loss_low", "loss_high", "change_low", "change_high", "beta")


class SmoothnessMonitor(keras.callbacks.Callback):
    """Looks along the gradient every so many steps of training: loss range, gradient predictiveness, effective β.

    These are the three measures of Santurkar and others (2018), for one fixed batch. A look costs one evaluation of the
    gradient for the point and one for each of `multiples`: with a batch as large as those of training and the defaults
    as much as five steps in a hundred, and less with a smaller batch. Nothing of the model is changed.

    The epoch's means are added to its logs as `smoothness_beta` and so on, where `TensorBoard`, `CSVLogger` and
    `History` find them: put this callback before those. An epoch without a look repeats those of the last that had one;
    before the first look they are NaN.

    Args:
        data: (inputs, targets): always the same; a batch of training, or less.
        loss: see `LossSurface`; None takes what the model was compiled with.
        every: steps between looks.
        multiples: of the learning rate: how far along the gradient.
        learning_rate: None takes the optimizer's, as it is at the time. Of optimizers other than plain gradient descent
            it is not the length of a step.
        mode: how batch normalization behaves.
        csv: a file that gets a line for each look, written whole after each epoch.

    Raises:
        ValueError: `every` is below 1, or `multiples` are none or not positive.

    >>> x = np.random.default_rng(0).standard_normal((32, 4)).astype("float32")
    >>> model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, use_bias=False)])
    >>> model.compile("sgd", "mse")
    >>> monitor = SmoothnessMonitor((x, x[:, :1]), every=2)
    >>> history = model.fit(x, x[:, :1], batch_size=8, epochs=2, verbose=0, callbacks=[monitor])
    >>> [record.step for record in monitor.records], len(history.history["smoothness_beta"])
    ([2, 4, 6, 8], 2)
    """

    def __init__(
        self,
        data: tuple[Any, Any],
        *,
        loss: str | Callable[[Any, Any], Any] | None = None,
        every: int = 100,
        multiples: Sequence[float] = (0.5, 1.0, 2.0, 4.0),
        learning_rate: float | None = None,
        mode: Mode = "train",
        csv: str | os.PathLike[str] | None = None,
    ) -> None:
        super().__init__()
        if every < 1:
            raise ValueError(f"every must be 1 or more. Received: {every}")
        if not multiples or not all(one > 0 for one in multiples):
            raise ValueError(f"multiples must be positive numbers, one or more. Received: {tuple(multiples)}")
        self.data, self.loss, self.every, self.mode, self.csv = data, loss, every, mode, csv
        self.multiples, self.learning_rate = tuple(multiples), learning_rate
        self.records: list[SmoothnessRecord] = []
        """All looks so far, in order."""
        self._surface: LossSurface | None = None
        self._step = self._told = 0
        # Of the last epoch with a look: CSVLogger needs the same keys in all epochs, the first too.
        self._means = dict.fromkeys((f"smoothness_{name}" for name in _NAMES), float("nan"))

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Look, if it is time."""
        self._step += 1
        if self._step % self.every == 0:
            self.records.append(self._look())

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Tell of the epoch."""
        fresh, self._told = self.records[self._told :], len(self.records)
        if fresh:
            self._means = {
                f"smoothness_{name}": float(np.mean([getattr(one, name) for one in fresh])) for name in _NAMES
            }
        if isinstance(logs, dict):
            logs.update(self._means)
        self._write()

    def on_train_end(self, logs: Any = None) -> None:
        """Write what is left."""
        self._write()

    def _look(self) -> SmoothnessRecord:
        model = self.model
        if self._surface is None or self._surface.model is not model:
            self._surface = LossSurface(model, self.loss, self.data, mode=self.mode)
        else:
            self._surface.follow()
        surface = self._surface
        rate = self.learning_rate
        if rate is None:
            rate = float(ops.convert_to_numpy(model.optimizer.learning_rate))
        loss, gradient = surface.gradient()
        norm = float(np.linalg.norm(gradient))
        losses, changes = [], []
        for multiple in self.multiples:
            there, slope = surface.gradient(surface.origin - np.float32(rate * multiple) * gradient)
            losses.append(there)
            changes.append(float(np.linalg.norm(slope - gradient)))
        moved = [rate * multiple * norm for multiple in self.multiples]
        betas = [change / far for change, far in zip(changes, moved, strict=True) if far > 0]
        return SmoothnessRecord(
            step=self._step,
            learning_rate=rate,
            loss=loss,
            gradient_norm=norm,
            loss_low=min(losses),
            loss_high=max(losses),
            change_low=min(changes),
            change_high=max(changes),
            beta=max(betas, default=0.0),
        )

    def _write(self) -> None:
        if self.csv is None:
            return
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(field.name for field in fields(SmoothnessRecord))
        for record in self.records:
            writer.writerow(f"{x:.6g}" if isinstance(x, float) else x for x in astuple(record))
        write_whole(Path(self.csv), text.getvalue().encode())

    def draw(self, path: str | os.PathLike[str], *, theme: str = "auto") -> None:
        """Draw the three measures over the steps.

        Args:
            path: a .png or .svg.
            theme: "light", "dark", or "auto": as the viewer of an SVG prefers.

        Raises:
            ImportError: without matplotlib.
            ValueError: nothing was seen yet.
        """
        if not self.records:
            raise ValueError("There must be something to draw: train with this callback first.")
        from maskplay.analysis._pictures import drawing

        steps = [one.step for one in self.records]
        with drawing(path, (10, 3.2), theme) as (figure, colours):
            loss, change, beta = figure.subplots(1, 3)
            for axes, low, high, title in (
                (loss, "loss_low", "loss_high", "loss along the gradient"),
                (change, "change_low", "change_high", "change of the gradient"),
            ):
                lows, highs = ([getattr(one, name) for one in self.records] for name in (low, high))
                axes.fill_between(steps, lows, highs, color=colours.lines[0], alpha=0.35, lw=0)
                axes.plot(steps, lows, color=colours.lines[0], lw=1)
                axes.plot(steps, highs, color=colours.lines[0], lw=1)
                axes.set(title=title, xlabel="steps", yscale="log")
            beta.plot(steps, [one.beta for one in self.records], color=colours.lines[0], lw=1.2, label="β")
            allowed = [2 / rate if (rate := one.learning_rate) > 0 else float("nan") for one in self.records]
            beta.plot(steps, allowed, "--", color=colours.lines[1], lw=1.2, label="2 / learning rate")
            beta.set(title="effective β-smoothness", xlabel="steps", yscale="log")
            beta.legend()

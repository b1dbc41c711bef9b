"""Signals watched while a model is trained."""

import csv
import io
import os
import warnings
from pathlib import Path
from typing import Any

import keras

from maskplay._files import write_whole
from maskplay.analysis.initialization.report.signal_report import SignalReport, signal_report

_COLUMNS = (
    "epoch",
    "layer",
    "size_out",
    "forward",
    "backward",
    "gradient_out",
    "mean_share",
    "rank",
    "dead",
    "saturated",
)


class SignalMonitor(keras.callbacks.Callback):
    """Takes a signal report before training and after epochs, and warns of what goes wrong.

    A report costs about two forward passes and one backward pass over `batch`; nothing of the model is changed.

    Args:
        batch: inputs of the model, always the same; some 64 samples.
        every: epochs between reports.
        csv: a file that gets a line for each layer and report.
        warn: whether new findings are given as warnings.
        stop: whether training ends when something is found after it has begun.

    Raises:
        ValueError: `every` is below 1.

    >>> import numpy as np
    >>> x = np.random.default_rng(0).standard_normal((32, 4)).astype("float32")
    >>> model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    >>> model.compile("sgd", "mse")
    >>> monitor = SignalMonitor(x)
    >>> _ = model.fit(x, x[:, :3], epochs=2, verbose=0, callbacks=[monitor])
    >>> list(monitor.reports), monitor.reports[2].healthy
    ([0, 1, 2], True)
    """

    def __init__(
        self,
        batch: Any,
        *,
        every: int = 1,
        csv: str | os.PathLike[str] | None = None,
        warn: bool = True,
        stop: bool = False,
    ) -> None:
        super().__init__()
        if every < 1:
            raise ValueError(f"every must be 1 or more. Received: {every}")
        self.batch, self.every, self.csv, self.warn, self.stop = batch, every, csv, warn, stop
        self.reports: dict[int, SignalReport] = {}
        """By epoch: 0 is before training."""

    def on_train_begin(self, logs: Any = None) -> None:
        """Look at the model as it was made."""
        self._look(0)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Look at it again."""
        if (epoch + 1) % self.every == 0:
            self._look(epoch + 1)

    def _look(self, epoch: int) -> None:
        known = {str(one.cause) + one.layer for report in self.reports.values() for one in report.findings}
        report = signal_report(self.model, self.batch)
        self.reports[epoch] = report
        fresh = [one for one in report.findings if one.cause + one.layer not in known]
        if self.warn:
            for finding in fresh:
                warnings.warn(f"After {epoch} epochs: {finding}", stacklevel=2)
        if self.csv is not None:
            write_whole(Path(self.csv), self._lines().encode())
        if self.stop and epoch > 0 and fresh:
            self.model.stop_training = True

    def _lines(self) -> str:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(_COLUMNS)
        for epoch, report in self.reports.items():
            for layer in report.layers:
                writer.writerow(
                    [epoch, layer.layer, *(f"{getattr(layer, name):.6g}" for name in _COLUMNS[2:])]
                )
        return text.getvalue()

    def draw(self, path: str | os.PathLike[str], *, theme: str = "auto") -> None:
        """Draw sizes and gradients of all layers over the epochs.

        Args:
            path: a .png or .svg.
            theme: "light", "dark", or "auto": as the viewer of an SVG prefers.

        Raises:
            ImportError: without matplotlib.
            ValueError: nothing was watched yet.
        """
        if not self.reports:
            raise ValueError("There must be a report to draw: train with this callback first.")
        from maskplay.analysis._pictures import drawing

        epochs = list(self.reports)
        last = self.reports[epochs[-1]]
        with drawing(path, (10, 3.4), theme) as (figure, _):
            left, right = figure.subplots(1, 2)
            for number in range(len(last.layers)):
                rows = [
                    report.layers[number] for report in self.reports.values() if number < len(report.layers)
                ]
                shade = 0.25 + 0.75 * (number + 1) / len(last.layers)
                for axes, name in ((left, "size_out"), (right, "gradient_out")):
                    values = [getattr(row, name) or float("nan") for row in rows]
                    axes.plot(epochs[: len(rows)], values, "o-", ms=2.5, lw=1, color="C0", alpha=shade)
            left.set(title="size of what each layer gives, the last darkest", xlabel="epochs", yscale="log")
            right.set(title="gradient there", xlabel="epochs", yscale="log")

"""What the layers of a model know of the input and of the label, and of each other."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from maskplay.analysis.hsic._blocks import Centring
from maskplay.analysis.hsic._samples import as_array, same_length
from maskplay.analysis.hsic._types import Floats
from maskplay.analysis.hsic.kernels import Kernel, KernelLike, as_kernel


@dataclass(frozen=True)
class DependenceReport:
    """Normalised HSIC of every layer with the input, the label and every other layer.

    Attributes:
        layers: their names, in the model's order.
        with_input: CKA with the input `(layers,)`.
        with_label: CKA with the label `(layers,)`; None without labels.
        hsic_with_input: the unbiased HSIC with the input `(layers,)`, not normalised.
        hsic_with_label: that with the label `(layers,)`; None without labels.
        matrix: CKA of every two layers `(layers, layers)`.
        samples: how many were used.
    """

    layers: tuple[str, ...]
    with_input: Floats
    with_label: Floats | None
    hsic_with_input: Floats
    hsic_with_label: Floats | None
    matrix: Floats
    samples: int

    def table(self) -> str:
        """One line for each layer."""
        width = max(len(name) for name in (*self.layers, "layer"))
        columns = {"CKA with input": self.with_input, "HSIC with input": self.hsic_with_input}
        if self.with_label is not None and self.hsic_with_label is not None:
            columns |= {"CKA with label": self.with_label, "HSIC with label": self.hsic_with_label}
        lines = ["  ".join([f"{'layer':<{width}}", *columns])]
        for i, name in enumerate(self.layers):
            values = [
                f"{column[i]:>{len(head)}.{3 if head[0] == 'C' else 5}f}" for head, column in columns.items()
            ]
            lines.append("  ".join([f"{name:<{width}}", *values]))
        return "\n".join(lines)

    def draw(self, path: str | os.PathLike[str], *, theme: str = "auto") -> None:
        """Draw both.

        Args:
            path: a .png or .svg.
            theme: "light", "dark", or "auto": as the viewer of an SVG prefers.

        Raises:
            ImportError: without matplotlib.
        """
        from maskplay.analysis._pictures import drawing
        from maskplay.analysis.hsic.tables.draw_matrix import draw_matrix

        size = (5.2 + 0.55 * len(self.layers), 1.8 + 0.42 * len(self.layers))
        with drawing(path, size, theme) as (figure, colours):
            curves, picture = figure.subplots(1, 2)
            places = range(len(self.layers))
            curves.plot(self.with_input, places, "o-", color=colours.lines[0], label="with the input")
            if self.with_label is not None:
                curves.plot(self.with_label, places, "s-", color=colours.lines[1], label="with the label")
            curves.set(xlim=(min(-0.02, float(self.with_input.min())), 1.02), xlabel="CKA", yticks=places)
            curves.set_yticklabels(self.layers)
            curves.invert_yaxis()
            curves.legend()
            draw_matrix(picture, self.matrix, self.layers)


def dependence_report(
    model: keras.Model,
    data: Any,
    labels: Any = None,
    *,
    kernel: KernelLike = "gaussian",
    batch_size: int = 256,
    layers: Sequence[str] | None = None,
) -> DependenceReport:
    """Measure what each layer of a model keeps of the input, tells of the label, and shares with other layers.

    HSIC is estimated without bias in each batch, and batches are averaged before the ratio is taken (Nguyen and others,
    2021): memory does not grow with the data, and the estimate does not depend on the batch size.

    Args:
        model: a functional or Sequential model with one input.
        data: `(n, …)`.
        labels: `(n, …)`: numbers, or class names; None to leave them out.
        kernel: for the layers and the input; open widths are chosen on the first batch.
        batch_size: 4 or more; a smaller last batch is left out, unless it is the only one.
        layers: names of those wanted; None takes all whose output is one tensor of floats.

    Raises:
        ValueError: the model was never built, there is no such layer, or the batch size is below 4.

    >>> model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(3, name="narrow")])
    >>> x = np.random.default_rng(0).standard_normal((64, 5))
    >>> found = dependence_report(model, x, x[:, 0] > 0, kernel="linear")
    >>> found.layers, bool(found.with_input[0] > 0.2)
    (('narrow',), True)
    """
    data = as_array(data, "data")
    batch = min(batch_size, len(data))
    if batch < 4:
        raise ValueError(f"Batches must have 4 samples or more. Received: {batch}")
    answers = None if labels is None else as_array(labels, "labels")
    same_length(len(data), len(data) if answers is None else len(answers))
    names, inner = _inner(model, layers)
    products: Any = 0.0
    kernels: list[Kernel] | None = None
    starts = range(0, len(data) - batch + 1, batch)
    for start in starts:
        part = slice(start, start + batch)
        values = inner.predict(data[part], batch_size=batch, verbose=0)
        values = [data[part], *(values if isinstance(values, list) else [values])]
        if kernels is None:
            kernels = [_fitted(as_kernel(kernel), one) for one in values]
        grams = [own(one, one) for own, one in zip(kernels, values, strict=True)]
        if answers is not None:
            grams.append(as_kernel(None, answers).gram(answers[part]).full())
        flat = np.stack([_without_bias(gram) for gram in grams])
        products = products + flat @ flat.T
    found, raw = _aligned(products), products / (len(starts) * batch * (batch - 3.0))
    count = len(names)
    return DependenceReport(
        layers=tuple(names),
        with_input=found[1 : count + 1, 0],
        with_label=None if answers is None else found[1 : count + 1, -1],
        hsic_with_input=raw[1 : count + 1, 0],
        hsic_with_label=None if answers is None else raw[1 : count + 1, -1],
        matrix=found[1 : count + 1, 1 : count + 1],
        samples=len(starts) * batch,
    )


def _inner(model: keras.Model, wanted: Sequence[str] | None) -> tuple[list[str], keras.Model]:
    """Names of the layers, and a model that gives their outputs."""
    if not getattr(model, "inputs", None) or len(model.inputs) != 1:
        raise ValueError(
            "The model must be functional or Sequential, built, and have one input. Received: another"
        )
    try:
        found = _outputs(model, wanted)
        return list(found), keras.Model(model.inputs[0], list(found.values()))
    except ValueError as error:
        if "not connected" not in str(error):
            raise
    # Its layers are part of another model too, and tell of their outputs there. A copy has layers of its own.
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    found = _outputs(copy, wanted)
    return list(found), keras.Model(copy.inputs[0], list(found.values()))


def _outputs(model: keras.Model, wanted: Sequence[str] | None) -> dict[str, Any]:
    found = {}
    for layer in model.layers:
        if isinstance(layer, keras.layers.InputLayer):
            continue
        output = layer.output
        if isinstance(output, keras.KerasTensor) and "float" in str(output.dtype):
            found[layer.name] = output
    unknown = set(wanted or ()) - set(found)
    if unknown:
        raise ValueError(f"The model must have the layers asked for. Received: {', '.join(sorted(unknown))}")
    chosen = {name: output for name, output in found.items() if wanted is None or name in wanted}
    if not chosen:
        raise ValueError("The model must have at least one layer with one tensor of floats. Received: none")
    return chosen


def _fitted(kernel: Kernel, samples: Any) -> Kernel:
    return kernel.fit(kernel.prepare(samples))


def _without_bias(gram: Floats) -> Floats:
    diagonal = np.diagonal(gram)
    everything = slice(0, len(gram))
    centred = Centring(gram.sum(1), diagonal, unbiased=True)(gram, everything, everything)
    np.fill_diagonal(centred, 0.0)
    return centred.ravel()


def _aligned(products: Floats) -> Floats:
    own = np.diagonal(products)
    norms = np.sqrt(np.where(own > 1e-20, own, np.inf))
    return products / norms[:, None] / norms

"""The checks of `check_layer`, in their order."""

import os
import tempfile
from collections.abc import Callable

import keras
import numpy as np
from keras import tree

from maskplay.layers._layer_case import (
    Arrays,
    LayerCase,
    Output,
    as_json,
    plain_settings,
    require,
    require_close,
    weights_of,
)

# Of the largest output: some units in the last place of each type.
MIXED = {"mixed_float16": 0.02, "mixed_bfloat16": 0.1}
PADDED_BY = 5


def check_config(case: LayerCase) -> None:
    """A layer made from the config is the same layer."""
    config, copy = case.layer.get_config(), case.copy()
    require(as_json(copy.get_config()) == as_json(config), "a copy made from the config has another config.")
    mine, theirs = plain_settings(case.layer), plain_settings(copy)
    changed = sorted(name for name in mine if mine[name] != theirs.get(name))
    require(
        not changed, f"these settings do not survive the config: {changed}. Return them from get_config()."
    )
    expected = case.run(case.layer)
    for found, wanted in zip(case.run(case.twin(case.layer)), expected, strict=True):
        require_close(found.values, wanted.values, "with equal weights, a copy made from the config differs")


def check_build(case: LayerCase) -> None:
    """`build` with shapes alone creates every weight."""
    built, called = case.copy(), case.copy()
    case.build(built)
    shapes = [tuple(v.shape) for v in built.variables]
    case.run(built)
    case.run(called)
    for layer, how in ((built, "a call after build()"), (called, "a call alone")):
        after = [tuple(v.shape) for v in layer.variables]
        require(shapes == after, f"build() alone creates weights of shapes {shapes}, {how} leaves {after}.")


def check_symbolic(case: LayerCase) -> None:
    """Shape and type are told beforehand, for a known and an unknown batch."""
    eager = case.run(case.layer)
    for batch in (len(case.inputs[0]), None):
        layer = case.copy()
        symbols = [keras.KerasTensor((batch, *x.shape[1:]), str(x.dtype)) for x in case.inputs]
        mask = None if case.mask is None else keras.KerasTensor((batch, *case.mask.shape[1:]), "bool")
        outputs = tree.flatten(layer(*symbols, **case.mask_arguments(layer, symbols, mask)))
        require(len(outputs) == len(eager), f"{len(outputs)} symbolic outputs, {len(eager)} real ones.")
        for symbol, output in zip(outputs, eager, strict=True):
            shape = (batch, *output.values.shape[1:])
            found = tuple(n if m is None else m for m, n in zip(symbol.shape, shape, strict=False))
            require(
                len(symbol.shape) == len(shape) and found == shape,
                f"symbolic shape {tuple(symbol.shape)}, real shape {shape}.",
            )
            require(symbol.dtype == output.dtype, f"symbolic type {symbol.dtype}, real type {output.dtype}.")


def check_fit(case: LayerCase) -> None:
    """One compiled step of training."""
    layer = case.copy()
    model, arrays = case.model(layer)
    if not all("float" in y.dtype for y in model.outputs):
        return
    # The heads have weights where the layer has none: backends refuse to train nothing.
    model = keras.Model(model.inputs, [keras.layers.Dense(1)(y) for y in model.outputs])
    targets = [np.ones_like(y) for y in tree.flatten(model.predict_on_batch(arrays))]
    before = weights_of(layer)
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss=["mse"] * len(targets))
    history = model.fit(arrays, targets, batch_size=len(arrays[0]), epochs=1, verbose=0)
    require(bool(np.isfinite(history.history["loss"]).all()), f"the loss is {history.history['loss']}.")
    after = weights_of(layer)
    bad = [w.path for w, value in zip(layer.weights, after, strict=True) if not np.isfinite(value).all()]
    require(not bad, f"a step leaves weights that are not finite: {bad}.")
    moved = any((a != b).any() for a, b in zip(after, before, strict=True))
    require(moved or not layer.trainable_weights, "a step changes no weight: no gradient reaches them.")


def check_save(case: LayerCase) -> None:
    """A model with the layer, saved and loaded."""
    model, arrays = case.model(case.copy())
    expected = tree.flatten(model.predict_on_batch(arrays))
    with tempfile.TemporaryDirectory() as folder:
        model.save(os.path.join(folder, "model.keras"))
        whole = keras.saving.load_model(os.path.join(folder, "model.keras"))
        model.save_weights(os.path.join(folder, "model.weights.h5"))
        weights, _ = case.model(case.copy())
        weights.load_weights(os.path.join(folder, "model.weights.h5"))
    for loaded, what in (
        (whole, "the loaded model differs"),
        (weights, "the model with loaded weights differs"),
    ):
        for found, wanted in zip(tree.flatten(loaded.predict_on_batch(arrays)), expected, strict=True):
            require_close(np.asarray(found), np.asarray(wanted), what, 1e-6)


def check_mixed_precision(case: LayerCase) -> None:
    """Weights in float32, computation in half precision, the result close."""
    expected = case.run(case.layer)
    for policy, tolerance in MIXED.items():
        layer = case.twin(case.layer, dtype=policy)
        narrow = [v.path for v in layer.weights if "16" in str(v.dtype)]
        require(not narrow, f"under {policy} these weights are not float32: {narrow}.")
        for found, wanted in zip(case.run(layer), expected, strict=True):
            dtype = policy.removeprefix("mixed_") if "float" in wanted.dtype else wanted.dtype
            require(found.dtype == dtype, f"under {policy} the output is {found.dtype} instead of {dtype}.")
            require_close(found.values, wanted.values, f"under {policy} the output differs", tolerance)


def check_padding(case: LayerCase) -> None:
    """Neither the content nor the amount of padding matters."""
    if case.mask is None:
        return
    knows = case.mask_name is not None or case.layer.supports_masking
    require(knows, "its call() takes no mask, and it does not pass one on (supports_masking).")
    length = case.mask.shape[1]
    expected = case.run(case.layer)
    for output in expected:
        lost = output.mask is None and output.values.shape[1:2] == (length,)
        require(not lost, "the output has the length of the input but carries no mask. See compute_mask().")
    found = case.run(case.layer, _with_other_content(case), case.mask)
    _require_same_where_kept(found, expected, "the content of padding changes the output")
    found = case.run(case.layer, *_padded(case))
    _require_same_where_kept(found, expected, "the amount of padding changes the output")


def check_one_by_one(case: LayerCase) -> None:
    """Each row alone, without its padding, gives its row of the batch."""
    expected = case.run(case.layer)
    for row in range(len(case.inputs[0])):
        inputs, mask = _row(case, row)
        wanted = [Output(y.values[row : row + 1], _rows(y.mask, row), y.dtype) for y in expected]
        found = case.run(case.layer, inputs, mask)
        _require_same_where_kept(wanted, found, f"row {row} of a batch differs from the row alone")


def _rows(mask: np.ndarray | None, row: int) -> np.ndarray | None:
    return None if mask is None else mask[row : row + 1]


def _row(case: LayerCase, row: int) -> tuple[Arrays, np.ndarray | None]:
    """One row, cut to its own length where what is kept is a prefix."""
    inputs = tuple(x[row : row + 1] for x in case.inputs)
    if case.mask is None:
        return inputs, None
    mask = case.mask[row : row + 1]
    kept, length = int(mask.sum()), mask.shape[1]
    if kept == 0 or not mask[0, :kept].all():
        return inputs, mask
    return tuple(x[:, :kept] if x.shape[1:2] == (length,) else x for x in inputs), mask[:, :kept]


def _with_other_content(case: LayerCase) -> Arrays:
    """The inputs with something else where the mask is False."""
    rng = np.random.default_rng(0)
    return tuple(
        np.where(_spread(case.mask, x), x, _junk(case, i, x.shape, rng)).astype(x.dtype)
        if _along(case, x)
        else x
        for i, x in enumerate(case.inputs)
    )


def _padded(case: LayerCase) -> tuple[Arrays, np.ndarray]:
    """The inputs and the mask with some more padding at the end."""
    rng = np.random.default_rng(1)
    batch = len(case.inputs[0])
    inputs = tuple(
        np.concatenate([x, _junk(case, i, (batch, PADDED_BY, *x.shape[2:]), rng)], axis=1).astype(x.dtype)
        if _along(case, x)
        else x
        for i, x in enumerate(case.inputs)
    )
    return inputs, np.pad(case.mask, [(0, 0), (0, PADDED_BY)])  # type: ignore[arg-type]


def _along(case: LayerCase, x: np.ndarray) -> bool:
    return x.shape[:2] == case.mask.shape  # type: ignore[union-attr]


def _junk(case: LayerCase, index: int, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Large numbers for floats; for ids, ones that occur; padding for the ids that tell what padding is."""
    x = case.inputs[index]
    if "float" in str(x.dtype):
        return rng.normal(0, 100, shape)
    if index == 0 and case.mask_name is None:
        return np.zeros(shape)
    return rng.choice(x.ravel(), shape)


def _spread(mask: np.ndarray | None, x: np.ndarray) -> np.ndarray:
    return np.reshape(mask, (*x.shape[:2], *[1] * (x.ndim - 2)))  # type: ignore[arg-type]


def _require_same_where_kept(found: list[Output], expected: list[Output], what: str) -> None:
    """Compare at what `expected` keeps; `found` may be longer, and keeps nothing there."""
    for one, other in zip(found, expected, strict=True):
        if other.mask is None:
            require_close(one.values, other.values, what)
            continue
        length = other.mask.shape[1]
        require(
            one.mask is not None
            and bool((one.mask[:, :length] == other.mask).all())
            and not one.mask[:, length:].any(),
            f"{what}: its mask changes.",
        )
        require_close(one.values[:, :length][other.mask], other.values[other.mask], what)


CHECKS: dict[str, Callable[[LayerCase], None]] = {
    "config": check_config,
    "build": check_build,
    "symbolic": check_symbolic,
    "fit": check_fit,
    "save": check_save,
    "mixed precision": check_mixed_precision,
    "padding": check_padding,
    "one by one": check_one_by_one,
}

"""The lines of a mask report, out of recorded runs of a model."""

from typing import Any

import keras
import numpy as np

from maskplay.masks.audit._change import relative_change, scale_of
from maskplay.masks.audit._leaves import Leaves
from maskplay.masks.audit._padded import Variant
from maskplay.masks.audit._recorder import Call, Recorder, Tensor
from maskplay.masks.audit._runner import eager
from maskplay.masks.audit.layer_mask import VERDICTS, LayerMask

_OUTSIDE = "(operations)"


class Run:
    """One recorded run of a model; `calls` is empty where the model cannot take the variant."""

    def __init__(self, model: Any, leaves: Leaves, variant: Variant) -> None:
        self.variant = variant
        self.given: list[Tensor] = []
        self.names: tuple[str, ...] = ()
        with Recorder() as recorder:
            try:
                outputs = eager(model, leaves, variant.arrays)
            except Exception:
                if not variant.because:
                    raise
                self.calls: list[Call] = []
                return
            self.given = recorder.outputs(keras.tree.flatten(outputs))
        self.names = Leaves.of_outputs(model, outputs).names
        self.calls = recorder.calls

    def matches(self, base: "Run") -> bool:
        """Whether the same layers were called in the same order."""
        return [call.path for call in self.calls] == [call.path for call in base.calls]


class Lines:
    """Turns recorded runs into lines."""

    def __init__(self, base: Run, others: list[Run], limit: float) -> None:
        self.base, self.others, self.limit = base, others, limit
        self.leaks = [self._leaks(number) for number in range(len(base.calls))]
        if any(self.leaks):
            matters: dict[int, bool] = {}
            for number in reversed(range(len(base.calls))):
                matters[number] = self._matters(number, matters)
            self.leaks = [leaks and matters[number] for number, leaks in enumerate(self.leaks)]

    def lines(self) -> list[LayerMask]:
        """Give a line for each call that is the model's own business, in their order."""
        lines = []
        explained = False  # whether a change of what is kept has a culprit by now
        for number, call in enumerate(self.base.calls):
            if not self._shown(number):
                continue
            outside = not explained and call.parent is not None and self._foreign_change(number)
            if outside:
                lines.append(_outside(call))
            if call.parent is None or isinstance(call.operation, keras.Model) or _on_masks(call):
                continue  # a model has no line of its own, its layers have
            lines.append(self._line(number))
            explained |= bool(self.leaks[number]) or outside
        at_end = [self._changes(*tensors) for tensors in self._ends()]
        if any(at_end) and not any(line.leaks for line in lines):
            lines.append(_outside(None))
        return lines

    def _shown(self, number: int) -> bool:
        """Whether everything around is a model, or a layer that lets padding in."""
        parent = self.base.calls[number].parent
        while parent is not None:
            call = self.base.calls[parent]
            if not isinstance(call.operation, keras.Model) and not self.leaks[parent]:
                return False
            parent = call.parent
        return True

    def _line(self, number: int) -> LayerMask:
        call = self.base.calls[number]
        mask_in = bool(call.given) or call.planned_in or any(x.mask is not None for x in call.inputs)
        mask_out = call.planned_out or any(y.mask is not None for y in call.outputs)
        uses, leaks = call.takes and mask_in, self.leaks[number]
        verdict = self._verdict(call, mask_in, mask_out, uses, leaks)
        return LayerMask(
            path=call.path,
            kind=type(call.operation).__name__,
            mask_in=mask_in,
            mask_out=mask_out,
            uses=uses,
            leaks=leaks,
            verdict=verdict,
            why=_why(call, verdict, uses, leaks),
        )

    def _verdict(self, call: Call, mask_in: bool, mask_out: bool, uses: bool, leaks: bool | None) -> str:
        if not mask_in:
            return "creates" if mask_out else "no mask"
        if leaks:
            return "ignores"
        if mask_out and _widens(call):
            return "widens"
        if mask_out:
            return "uses and forwards" if uses else "forwards"
        length = self.base.variant.kept.shape[1]
        values = [y.value for y in call.outputs if y.value is not None]
        positions = any(y.ndim >= 3 or y.shape[1:2] == (length,) for y in values)
        if uses:
            return "uses, then drops" if positions else "uses"
        return "drops" if positions else "pools"

    def _leaks(self, number: int) -> bool | None:
        """Whether what comes out changes although what goes in does not; None where neither could be compared."""
        found = []
        for other in self.others:
            one, two = self.base.calls[number], other.calls[number]
            before = [self._changes(x, y, other) for x, y in zip(one.inputs, two.inputs, strict=False)]
            after = [self._changes(x, y, other) for x, y in zip(one.outputs, two.outputs, strict=False)]
            if True in before:
                found.append(False)
            elif any(change is not None for change in after):
                found.append(True in after)
        return None if not found else any(found)

    def _matters(self, number: int, later: dict[int, bool]) -> bool:
        """Whether what comes out is data: of an operation that serves to make a mask, nothing comes to the outside.

        Such an operation may well change, as the shift within `masks.prefix` does; what honours the mask does not.
        `later` says the same of all calls that come after.
        """
        call = self.base.calls[number]
        if isinstance(call.operation, keras.layers.Layer) or call.parent is None:
            return True
        if _share(call.outputs, self.base.calls[call.parent].outputs):
            return True
        takers = (
            taker
            for taker in later
            if self.base.calls[taker].parent == call.parent
            and _share(call.outputs, self.base.calls[taker].inputs)
        )
        return any(later[taker] and self._comes_out_changed(taker) for taker in takers)

    def _comes_out_changed(self, number: int) -> bool:
        """Whether what comes out of a call changes, or may, for it cannot be compared."""
        return any(
            self._changes(x, y, other) is not False
            for other in self.others
            for x, y in zip(self.base.calls[number].outputs, other.calls[number].outputs, strict=False)
        )

    def _foreign_change(self, number: int) -> bool:
        """Whether a tensor that no layer gave has changed where it is kept."""
        for other in self.others:
            pairs = zip(self.base.calls[number].inputs, other.calls[number].inputs, strict=False)
            if any(x.foreign and self._changes(x, y, other) for x, y in pairs):
                return True
        return False

    def _ends(self) -> list[tuple[Tensor, Tensor, Run]]:
        return [
            (x, y, other) for other in self.others for x, y in zip(self.base.given, other.given, strict=True)
        ]

    def _changes(self, x: Tensor, y: Tensor, other: Run) -> bool | None:
        """Whether a tensor differs between two runs where it is kept; None where that is not known."""
        one, two = x.value, y.value
        if one is None or two is None or one.ndim != two.ndim or one.ndim == 0:
            return None
        if one.shape[2:] != two.shape[2:]:  # scores of attention, say, whose keys are more
            return None
        masks = self._masks(x, y, other)
        chosen = list(other.variant.rows)
        if len(chosen) < len(one) == len(self.base.variant.kept):
            one = one[chosen]
            masks = None if masks is None else (masks[0][chosen], masks[1])
        if masks is not None:
            rows = [(a[kept], b[also]) for a, b, kept, also in zip(one, two, *masks, strict=True)]
        elif one.shape == two.shape and (
            one.ndim <= 2 or self.base.variant.kept.shape != other.variant.kept.shape
        ):
            rows = [(one, two)]
        else:
            return None
        if any(a.shape != b.shape for a, b in rows):
            return True
        scale = scale_of(one)
        return any((relative_change(a, b, scale) > self.limit).any() for a, b in rows)

    def _masks(self, x: Tensor, y: Tensor, other: Run) -> tuple[np.ndarray, np.ndarray] | None:
        shapes = tuple(v.value.shape[:2] for v in (x, y))  # type: ignore[union-attr]
        kept = (self.base.variant.kept, other.variant.kept)
        if shapes == tuple(mask.shape for mask in kept):
            return kept
        if x.mask is not None and y.mask is not None and shapes == (x.mask.shape, y.mask.shape):
            return x.mask, y.mask
        return None


def _share(some: list[Tensor], others: list[Tensor]) -> bool:
    return any(x is y for x in some for y in others)


def _on_masks(call: Call) -> bool:
    """Whether it is one of the operations with which Keras computes masks."""
    if isinstance(call.operation, keras.layers.Layer):
        return False
    return bool(call.outputs) and all(y.value is not None and y.value.dtype == bool for y in call.outputs)


def _widens(call: Call) -> bool:
    came = [x.mask for x in call.inputs if x.mask is not None]
    left = [y.mask for y in call.outputs if y.mask is not None]
    if not came or not left or any(mask.shape != left[0].shape for mask in [*came, *left]):
        return False
    return bool((np.any(left, axis=0) & ~np.any(came, axis=0)).any())


def _why(call: Call, verdict: str, uses: bool, leaks: bool | None) -> str:
    lost = next((x.lost for x in call.inputs if x.lost), None)
    words = VERDICTS[verdict]
    if verdict == "no mask":
        words = f"gets no mask: {lost}" if lost else words
        words += "; lets padding into what is kept" if leaks else ""
    elif verdict == "ignores":
        words = ("takes the mask, yet " if uses else "") + words
        words += ", though it passes the mask on" if any(y.mask is not None for y in call.outputs) else ""
    elif verdict == "drops" and isinstance(call.operation, keras.layers.Layer) is False:
        words = "operations carry no masks; " + words
    if verdict != "no mask" and lost and len(call.inputs) > 1:
        words += f"; one of its inputs came without: {lost}"
    if call.strips:
        words += "; takes the mask off its caller's tensors"
    return words


def _outside(call: Call | None) -> LayerMask:
    """What is not a layer's doing."""
    path = _OUTSIDE if call is None else f"{_OUTSIDE} before {call.path}"
    return LayerMask(
        path=path,
        kind="",
        mask_in=False,
        mask_out=False,
        uses=False,
        leaks=True,
        verdict="ignores",
        why="operations outside of layers let padding into what is kept",
    )

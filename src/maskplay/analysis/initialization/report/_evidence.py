"""What the checks look at, prepared once."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from maskplay.analysis.initialization._types import Array
from maskplay.analysis.initialization.report._channels import channels_last
from maskplay.analysis.initialization.report._kernels import NORMALIZATIONS, Kernel
from maskplay.analysis.initialization.report._measure import size
from maskplay.analysis.initialization.report._padding import rows_kept
from maskplay.analysis.initialization.report._run import Flow, Run
from maskplay.analysis.initialization.report.layer_signal import LayerSignal

TINY = 1e-30


@dataclass(frozen=True)
class Step:
    """One layer: what it is, what went through, and what was measured.

    Attributes:
        place: its position among the steps.
        flow: the arrays.
        signal: the measures.
        kernel: its weights, or None.
        sources: places of the steps that it reads; -1 for the model's inputs.
        axis: of its channels.
    """

    place: int
    flow: Flow
    signal: LayerSignal
    kernel: Kernel | None
    sources: tuple[int, ...]
    axis: int = -1

    @property
    def layer(self) -> Any:
        """The layer."""
        return self.flow.call.layer

    @property
    def read(self) -> list[Array]:
        """What goes in, with the channels last and without padding."""
        return [rows_kept(channels_last(x, self.axis), self.flow.kept) for x in self.flow.inputs]

    @property
    def normalizes(self) -> bool:
        """Whether it sets the size of what comes out by itself."""
        return isinstance(self.layer, NORMALIZATIONS)

    @property
    def gets_gradient(self) -> bool:
        """Whether any gradient arrives at what it gives."""
        return self.signal.gradient_out > TINY

    @property
    def learns(self) -> bool:
        """Whether its weights get a gradient, or it has none."""
        return not self.signal.weight_gradient <= TINY


@dataclass(frozen=True)
class Evidence:
    """All steps of a run, in order, and who reads whom."""

    run: Run
    steps: tuple[Step, ...]

    @property
    def weighted(self) -> list[Step]:
        """Steps with weights to multiply with."""
        return [step for step in self.steps if step.kernel is not None]

    @cached_property
    def references(self) -> tuple[float, ...]:
        """For each step, the size that its signal started with: of the inputs, an embedding or a normalization."""
        found: list[float] = []
        for step in self.steps:
            if step.normalizes or not step.flow.inputs:
                found.append(step.signal.size_out)
                continue
            before = [size(step.flow.inputs) if at < 0 else found[at] for at in step.sources]
            found.append(max([one for one in before if one == one], default=step.signal.size_in))
        return tuple(found)

    def before(self, step: Step) -> list[Step]:
        """The steps that a step's inputs went through since the last normalization, and itself, in order."""
        seen, waiting = {step.place}, [step.place]
        while waiting:
            one = self.steps[waiting.pop()]
            if one.normalizes and one.place != step.place:
                continue
            for at in one.sources:
                if at >= 0 and at not in seen:
                    seen.add(at)
                    waiting.append(at)
        return [self.steps[at] for at in sorted(seen) if not self.steps[at].normalizes or at == step.place]

    @cached_property
    def raw(self) -> tuple[bool, ...]:
        """For each step, whether it reads the model's inputs as they came (reshaped at most)."""
        known = {_look(x) for x in self.run.inputs}
        found: list[bool] = []
        for step in self.steps:
            direct = any(_look(x) in known for x in step.flow.inputs)
            through = bool(step.sources) and all(
                at < 0 or (found[at] and self.steps[at].kernel is None and not self.steps[at].normalizes)
                for at in step.sources
            )
            found.append(bool(step.flow.inputs) and (direct or through))
        return tuple(found)


def _look(x: Array) -> tuple[int, float]:
    """By what the same numbers are known again in another shape."""
    return x.size, round(size([x]), 6)


def sources_of(run: Run) -> list[tuple[int, ...]]:
    """For each flow, the places of those it reads: -1 for the model's inputs; the one before where nobody knows."""
    places = {flow.number: place for place, flow in enumerate(run.flows)}
    return [
        tuple(-1 if source == -1 else places.get(source, place - 1) for source in flow.call.sources)  # type: ignore[arg-type]
        for place, flow in enumerate(run.flows)
    ]

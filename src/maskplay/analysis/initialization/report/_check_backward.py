"""Faults that gradients show on their way back."""

from collections.abc import Sequence

import numpy as np

from maskplay.analysis.initialization._types import Array
from maskplay.analysis.initialization.report._evidence import TINY, Evidence, Step
from maskplay.analysis.initialization.report._said import ONE_LAYER, Found
from maskplay.analysis.initialization.report.finding import Finding

_SMALL = 1e-4  # of the gradient at the last layer, at the first
_LARGE = 1e3


def check_finite_gradients(evidence: Evidence) -> Found:
    """The layer that gives NaN or infinite gradients for finite ones: on the way back, the first."""
    for step in reversed(evidence.steps):
        flow = step.flow
        if not (_finite(flow.output_gradients) and _finite(flow.input_gradients)):
            return [_not_finite(step, "what goes in")]
    # These come last: the gradient of a weight is the sum over all calls of its layer.
    for step in reversed(evidence.steps):
        if not _finite(step.flow.weight_gradients):
            return [_not_finite(step, "its weights")]
    return []


def _finite(arrays: Sequence[Array | None]) -> bool:
    return all(bool(np.isfinite(x).all()) for x in arrays if x is not None)


def _not_finite(step: Step, of: str) -> tuple[int, Finding]:
    advice = (
        "Look for a root, a norm or a logarithm of 0, or a division by it: add a small number inside of it."
    )
    if _finite(step.flow.output_gradients):
        text = f"What comes out is finite and so are the gradients there; those by {of} hold NaN or infinity."
    else:
        text = "What comes out is finite; the gradients there hold NaN or infinity. An operation behind it made that."
    return step.place, Finding("not finite", (step.signal.layer,), text, advice)


def check_attention(evidence: Evidence) -> Found:
    """Keras' attention layers whose scores are so large that each query sees one key."""
    found: Found = []
    by_parent: dict[int, dict[str, Step]] = {}
    for step in evidence.steps:
        parent = step.flow.call.parent
        if parent is not None:
            by_parent.setdefault(parent, {})[step.layer.name] = step
    for parent, inside in by_parent.items():
        call = evidence.run.calls[parent]
        query, key = inside.get("query"), inside.get("key")
        if query is None or key is None or not hasattr(call.layer, "query_dense"):
            continue
        q, k = query.flow.outputs[0], key.flow.outputs[0]
        if q.ndim != 4 or k.shape[2:] != q.shape[2:] or k.shape[1] < 3:
            continue
        peaked, large = _peaked(q, k, query.flow.kept, key.flow.kept)
        if peaked > 0.5:
            text = f"{peaked:.0%} of its queries see one key only; scores are of size {large:.2g}."
            advice = "kernel_initializer=NormPreserving(), and a normalization before it."
            found.append((query.place, Finding("saturated attention", (call.path,), text, advice)))
    return found


def _peaked(q: Array, k: Array, queries: Array | None, keys: Array | None) -> tuple[float, float]:
    """The share of the queries that see one of three keys or more, and the deviation of the scores; no padding."""
    asked = np.ones(q.shape[:2], bool) if queries is None else queries
    seen = np.ones(k.shape[:2], bool) if keys is None else keys
    asked = asked & (seen.sum(1, keepdims=True) >= 3)
    scores = np.einsum("bqhd,bkhd->bqhk", q, k) / q.shape[-1] ** 0.5
    seen = np.broadcast_to(seen[:, None, None, :], scores.shape)[asked]
    scores = scores[asked]
    if not scores.size:
        return 0.0, 0.0
    share = np.exp(
        np.where(seen, scores - scores.max(-1, keepdims=True, where=seen, initial=-np.inf), -np.inf)
    )
    return float((share.max(-1) / share.sum(-1) > 0.99).mean()), float(scores[seen].std())


def check_gradient(evidence: Evidence) -> Found:
    """Gradients that do not arrive, or arrive far too small or too large."""
    weighted = [step for step in evidence.weighted if step.signal.finite]
    if len(weighted) < 2:
        return []
    stopped = _stopped(evidence, weighted)
    if stopped:
        return stopped
    last = weighted[-1]
    first = [s for s in weighted if evidence.raw[s.place] or s.flow.call.reads_ids] or weighted[:1]
    end = last.signal.gradient_in
    begin = max((s.signal.gradient_out for s in first), default=0.0)
    if not (begin > TINY and end > TINY) or _SMALL < begin / end < _LARGE:
        return []
    large = begin > end
    path = [step for step in evidence.steps if step.signal.backward > 0 and step.place < last.place]
    changes = {s.place: max(float(np.log(s.signal.backward)) * (1 if large else -1), 0.0) for s in path}
    total = sum(changes.values())
    worst = max(changes, key=lambda place: changes[place])
    text = f"The gradient at {first[0].signal.layer} is {begin / end:.2g} times that at {last.signal.layer}."
    cause = "exploding gradient" if large else "vanishing gradient"
    advice = "NormPreserving of the activation in use; relu or gelu for sigmoid; a normalization or residual paths."
    if changes[worst] > ONE_LAYER * total:
        return [(worst, Finding(cause, (evidence.steps[worst].signal.layer,), text, advice))]
    guilty = [s for s in path if changes[s.place] > 0.1 and s.kernel is not None]
    names = tuple(s.signal.layer for s in guilty) or (first[0].signal.layer,)
    return [(guilty[0].place if guilty else first[0].place, Finding(cause, names, text, advice))]


def _stopped(evidence: Evidence, weighted: list[Step]) -> Found:
    """Layers whose weights get no gradient, and nothing that will change that."""
    silent = [s for s in weighted if s.layer.trainable_variables and not s.learns and s.signal.size_in != 0]
    silent = [s for s in silent if not _behind_zeros(evidence, s)]
    if not silent:
        return []
    names = tuple(step.signal.layer for step in silent)
    text = f"Of {len(weighted)} layers with weights, {len(silent)} get no gradient."
    advice = "Look for stop_gradient, rounding, argmax or a branch that leads nowhere behind them."
    return [(silent[0].place, Finding("no gradient", names, text, advice))]


def _behind_zeros(evidence: Evidence, step: Step) -> bool:
    """Whether only weights of 0 that will soon be others keep the gradient from a layer."""
    waiting, seen, blocked = [step.place], {step.place}, False
    while waiting:
        at = waiting.pop()
        for other in evidence.steps:
            if at not in other.sources or other.place in seen:
                continue
            seen.add(other.place)
            if other.gets_gradient and not other.signal.gradient_in > TINY:
                if not _will_learn(other):
                    return False
                blocked = True
            else:
                waiting.append(other.place)
    return blocked


def _will_learn(step: Step) -> bool:
    return bool(step.layer.trainable_variables) and step.learns

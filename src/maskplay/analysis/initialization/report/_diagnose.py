"""From all findings to those that are causes."""

from maskplay.analysis.initialization.report._check_backward import (
    check_attention,
    check_finite_gradients,
    check_gradient,
)
from maskplay.analysis.initialization.report._check_size import check_size
from maskplay.analysis.initialization.report._check_units import check_normalizations, check_units
from maskplay.analysis.initialization.report._check_weights import check_finite, check_inputs, check_weights
from maskplay.analysis.initialization.report._evidence import Evidence
from maskplay.analysis.initialization.report._said import Found
from maskplay.analysis.initialization.report.finding import Finding

# What follows from an earlier fault, of whatever kind.
_FOLLOWS = {
    "dead units",
    "saturated",
    "saturated attention",
    "collapse",
    "epsilon",
    "exploding depth",
    "vanishing depth",
    "weights too small",
}


def diagnose(evidence: Evidence) -> tuple[Finding, ...]:
    """Name the causes of what is wrong, the first in the model first, without what only follows from them."""
    broken = check_finite(evidence) or check_finite_gradients(evidence)
    if broken:
        return (broken[0][1],)
    causes = check_inputs(evidence)
    for check in (check_weights, check_normalizations, check_units, check_attention, check_size):
        causes = _added(causes, check(evidence))
    causes = sorted(causes, key=lambda one: one[0])
    if not causes:
        causes = check_gradient(evidence)
    return tuple(finding for _, finding in _first_only(causes))


def _added(known: Found, new: Found) -> Found:
    """Without what says of a layer what is known of it already."""
    named = {layer for _, finding in known for layer in finding.layers}
    return known + [one for one in new if one[1].layer not in named]


def _first_only(causes: Found) -> Found:
    kept: Found = []
    for place, finding in causes:
        if kept and finding.cause in _FOLLOWS:
            continue
        kept.append((place, finding))
    return kept

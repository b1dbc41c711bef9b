"""From a mask to a kernel: the cheapest exact way that a backend has."""

from maskplay.masks.lowering.lowered import Lowered, lower
from maskplay.masks.lowering.plan import Plan, plan

__all__ = ["Lowered", "Plan", "lower", "plan"]

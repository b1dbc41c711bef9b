"""Proof of masking, for any Keras model: what depends on what, and what padding changes."""

from maskplay.masks.audit.assertions import assert_no_leakage, assert_padding_invariant
from maskplay.masks.audit.check_leakage import check_leakage
from maskplay.masks.audit.check_padding import check_padding
from maskplay.masks.audit.dependencies import dependencies
from maskplay.masks.audit.dependency_map import DependencyMap
from maskplay.masks.audit.example_inputs import example_inputs
from maskplay.masks.audit.layer_mask import LayerMask
from maskplay.masks.audit.leakage_error import LeakageError, Pair
from maskplay.masks.audit.mask_report import mask_report
from maskplay.masks.audit.mask_report_table import MaskReport
from maskplay.masks.audit.padding_error import PaddingChange, PaddingError
from maskplay.masks.audit.padding_proof import PaddingProof
from maskplay.masks.audit.reach import reach

__all__ = [
    "DependencyMap",
    "LayerMask",
    "LeakageError",
    "MaskReport",
    "PaddingChange",
    "PaddingError",
    "PaddingProof",
    "Pair",
    "assert_no_leakage",
    "assert_padding_invariant",
    "check_leakage",
    "check_padding",
    "dependencies",
    "example_inputs",
    "mask_report",
    "reach",
]

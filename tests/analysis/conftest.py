"""The naive oracles, for every test of the room."""

import importlib.util
import os
from pathlib import Path
from types import ModuleType

import pytest

# Small products that are spread over cores that are busy wait a thousand times longer than they take.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@pytest.fixture(scope="session")
def naive() -> ModuleType:
    """Naive forms of what the room computes."""
    spec = importlib.util.spec_from_file_location("oracles", Path(__file__).with_name("oracles.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

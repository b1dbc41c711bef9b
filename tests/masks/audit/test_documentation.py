"""The examples of docs/audit.md run as written."""

import doctest
from pathlib import Path


def test_examples_run():
    page = Path(__file__).parents[3] / "docs" / "audit.md"
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    failed, tried = doctest.testfile(str(page), module_relative=False, encoding="utf-8", optionflags=flags)
    assert tried > 10
    assert failed == 0

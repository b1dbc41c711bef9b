"""The examples of docs/decoding.md run as written."""

import doctest
from pathlib import Path


def test_examples_run():
    page = Path(__file__).parents[2] / "docs" / "decoding.md"
    failed, tried = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert tried > 5
    assert failed == 0

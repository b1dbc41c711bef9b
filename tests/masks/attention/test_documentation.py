"""The page on masks: what it shows is so."""

import doctest
import re
from pathlib import Path

import keras
import pytest

from maskplay import masks

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.skipif(keras.backend.backend() != "jax", reason="examples are written for the default backend")
def test_the_examples_run():
    options = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    result = doctest.testfile(str(DOCS / "masks.md"), module_relative=False, optionflags=options)
    assert result.attempted > 10
    assert result.failed == 0


def test_the_pictures_are_those_of_the_masks_named_below_them():
    page = (DOCS / "masks.md").read_text(encoding="utf-8")
    pictures = re.findall(r"\(pictures/([\w-]+)\.svg\)", page)
    calls = re.findall(r"(?:^|\|) (`masks\.[^:]+`): ", page, re.MULTILINE)
    assert len(pictures) == len(calls) == 6
    for picture, call in zip(pictures, calls, strict=True):
        mask = eval(call.strip("`"), {"masks": masks})
        svg = (DOCS / "pictures" / f"{picture}.svg").read_text(encoding="utf-8")
        drawn = re.findall(r'<path class="(?:seen|hidden)".*', svg)
        labels = re.findall(r'font-size="13"|class="ink"[^>]*text-anchor="end">([^<]*)<', svg)
        tokens = [label.replace("&lt;", "<").replace("&gt;", ">") for label in labels if label]
        assert len(tokens) == mask.key_length
        assert drawn == re.findall(r'<path class="(?:seen|hidden)".*', mask.svg(tokens))

"""The examples of the pages run as written."""

import doctest
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [*sorted(ROOT.glob("docs/*.md")), ROOT / "README.md", ROOT / "README.zh.md"]
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_examples_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # what an example writes does not stay
    failed, _ = doctest.testfile(str(page), module_relative=False, encoding="utf-8", optionflags=FLAGS)
    assert failed == 0


def test_there_are_examples_where_a_room_is_explained() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert text.count(">>>") > 100

"""The room's public names are those that are documented."""

import re
from pathlib import Path

from maskplay.masks import audit


def test_names_are_those_that_are_documented():
    page = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")
    section = page.split("## `maskplay.masks.audit`")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    assert sorted(re.findall(r"`(\w+)`", " ".join(rows))) == sorted(audit.__all__)
    assert all(getattr(audit, name) is not None for name in audit.__all__)

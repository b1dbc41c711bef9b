"""Patterns, pictures and pages."""

import json
import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from maskplay.geometry import (
    GluingError,
    PageFrame,
    ellipse,
    glue,
    picture,
    polygon,
    rectangle,
    save_page,
    save_picture,
    svg_outline,
)

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def solid():  # type: ignore[no-untyped-def]
    return glue(ellipse(80, 40))


def test_marks_meet(solid) -> None:  # type: ignore[no-untyped-def]
    """Marks with one number are at one point of the seam, so the flat distances between marks agree with it."""
    pattern = solid.pattern(marks=16)
    first, second = pattern.sheets
    assert [mark.number for mark in first.marks] == list(range(1, 17))
    seam = solid.seam(np.arange(16) * (solid.quarter / 4))
    # Mark 1 is at the first sheet's tip and at the second one's flank.
    assert np.linalg.norm(first.marks[0].at - first.edge.mean(axis=0)) == pytest.approx(80, rel=1e-3)
    assert np.linalg.norm(second.marks[0].at - second.edge.mean(axis=0)) == pytest.approx(40, rel=1e-3)
    # Marks that a ruling joins are as far apart in space as in the sheet.
    for k in range(1, 8):
        flat = np.linalg.norm(first.marks[k].at - first.marks[-k].at)
        assert flat == pytest.approx(np.linalg.norm(seam[k] - seam[-k]), abs=1e-9)
        flat = np.linalg.norm(second.marks[4 + k].at - second.marks[4 - k].at)
        assert flat == pytest.approx(np.linalg.norm(seam[4 + k] - seam[4 - k]), abs=1e-9)


def test_marks_run_against_each_other(solid) -> None:  # type: ignore[no-untyped-def]
    """Seen from outside, one sheet is walked anticlockwise, the other clockwise."""
    for sheet, sense in zip(solid.pattern().sheets, (1, -1), strict=True):
        x, y = np.array([mark.at for mark in sheet.marks]).T
        area = (x * np.roll(y, -1) - y * np.roll(x, -1)).sum() / 2
        assert area * sense == pytest.approx(np.pi * 3200, rel=0.02)
        for mark in sheet.marks:
            assert np.linalg.norm(mark.inward) == pytest.approx(1)
            assert mark.inward @ (sheet.edge.mean(axis=0) - mark.at) > 0


def test_svg_is_at_true_size_and_is_read_back(solid, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = solid.pattern(marks=12).save(tmp_path / "sheets.svg")
    root = ElementTree.parse(path).getroot()
    assert root.get("width", "").endswith("mm")
    assert float(root.get("viewBox", "").split()[2]) == pytest.approx(
        float(root.get("width", "")[:-2]), rel=1e-5
    )
    cut = [element.get("d", "") for element in root.findall(f"{SVG}g[@id='cut']/{SVG}path")]
    assert len(cut) == 2
    assert len(root.findall(f"{SVG}g[@id='marks']/{SVG}path")) == 2 * 12 + 1
    labels = [element.text for element in root.iter(f"{SVG}text")]
    assert labels.count("12") == 2
    assert "50 mm" in labels
    for text in cut:
        points = text.removeprefix("M").removesuffix("Z").split("L")
        assert all(here != there for here, there in pairwise(points))
        sheet = tmp_path / "one.svg"
        sheet.write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg"><path d="{text}"/></svg>', encoding="utf-8"
        )
        again = svg_outline(sheet)
        assert again.perimeter == pytest.approx(ellipse(80, 40).perimeter, rel=1e-5)
        assert again.area == pytest.approx(np.pi * 3200, rel=1e-4)


def test_corners_are_cut_sharply() -> None:
    sheet = glue(rectangle(30, 20)).pattern().sheets[0]
    for corner in ([30, 20], [-30, 20], [-30, -20], [30, -20]):
        assert np.linalg.norm(sheet.edge - corner, axis=1).min() < 1e-12


def test_pdf_is_at_true_size(solid, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    data = solid.pattern().save(tmp_path / "sheets.pdf").read_bytes()
    assert data.startswith(b"%PDF")
    box = re.search(rb"/MediaBox \[ ?0 0 ([\d.]+) ([\d.]+) ?\]", data)
    assert box is not None
    width, height = (float(number) / 72 * 25.4 for number in box.groups())
    assert width == pytest.approx(160 * 1.12, rel=1e-3)
    assert height == pytest.approx(2 * 80 + 4 * 9.6, rel=1e-3)
    assert solid.pattern().save(tmp_path / "again.pdf").read_bytes() == data


def test_names_are_written_as_they_are(tmp_path: Path) -> None:
    """A file's name may hold what would be mathematics elsewhere, and what would be a tag."""
    sheet = polygon([[0, 0], [40, 0], [40, 20], [0, 20]], name=r"<b> $\nonsense$")
    for kind in ("svg", "pdf"):
        assert glue(sheet).pattern(marks=4).save(tmp_path / f"a.{kind}").stat().st_size > 1000
    labels = [element.text for element in ElementTree.parse(tmp_path / "a.svg").iter(f"{SVG}text")]
    assert r"A: <b> $\nonsense$, outside" in labels


def test_refusals(solid, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(GluingError, match=r"at least 3 marks. Received: 2"):
        solid.pattern(marks=2)
    with pytest.raises(GluingError, match=r"written as \.svg or \.pdf. Received: a\.dxf"):
        solid.pattern().save(tmp_path / "a.dxf")
    with pytest.raises(GluingError, match=r"\.png or \.gif. Received: a\.jpg"):
        save_picture(solid.mesh(100), tmp_path / "a.jpg")
    with pytest.raises(GluingError, match="at least one solid"):
        save_page([], tmp_path / "a.html", "none")
    assert list(tmp_path.iterdir()) == []


def test_a_picture_shows_both_sheets_upon_white(solid) -> None:  # type: ignore[no-untyped-def]
    image = np.asarray(picture(solid.mesh(600), size=160)).astype(int)
    assert image.shape == (120, 160, 3)
    assert (image[0, 0] == 255).all()
    red, _, blue = np.moveaxis(image, -1, 0)
    warm, cool = (red - blue > 60).mean(), (blue - red > 30).mean()
    assert warm > 0.05
    assert cool > 0.02
    # From behind the first sheet's middle one sees that sheet alone, two half-widths wide.
    front = np.asarray(picture(solid.mesh(600), size=160, azimuth=0, elevation=0)).astype(int)
    assert ((front[..., 2] - front[..., 0]) > 30).mean() < 0.001


def test_a_gif_turns(solid, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    from PIL import Image

    with Image.open(save_picture(solid.mesh(200), tmp_path / "a.gif", size=60)) as image:
        assert getattr(image, "n_frames", 1) == 36
        assert image.size == (60, 45)


def test_a_page_holds_its_data(solid, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    frames = [PageFrame(f"{k}</script>", solid.mesh(100), {"volume": "1"}) for k in range(3)]
    text = save_page(frames, tmp_path / "a.html", "A <b>").read_text(encoding="utf-8")
    assert text.count("</script>") == 2
    assert "http" not in re.sub(r"https?://www\.w3\.org", "", text)
    found = re.search(r'<script id="data" type="application/json">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    data = json.loads(found.group(1))
    assert data["title"] == "A <b>"
    assert [frame["label"] for frame in data["frames"]] == [frame.label for frame in frames]
    vertices = np.array(data["frames"][0]["vertices"])
    assert np.linalg.norm(vertices, axis=1).max() == pytest.approx(1, abs=1e-4)
    assert (
        max(max(max(triangle) for triangle in sheet) for sheet in data["frames"][0]["sheets"])
        == len(vertices) - 1
    )


def test_a_polygon_has_a_pattern() -> None:
    sheet = glue(polygon([[0, 0], [40, 0], [40, 20], [0, 20]])).pattern(marks=4).sheets[0]
    assert sheet.size.tolist() == pytest.approx([40, 20])

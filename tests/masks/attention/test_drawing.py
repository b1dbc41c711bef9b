"""Pictures of masks: what they show, in every form."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from maskplay import masks

SVG = "{http://www.w3.org/2000/svg}"


def lines(mask, *args, **kwargs):
    return mask.drawing(*args, **kwargs).split("\n")


def squares(svg: str, role: str) -> int:
    paths = [path for path in ET.fromstring(svg).iter(f"{SVG}path") if path.get("class") == role]
    return sum(path.get("d", "").count("M") for path in paths)


def words(svg: str) -> list[str]:
    return [text.text or "" for text in ET.fromstring(svg).iter(f"{SVG}text")]


def test_the_terminal_shows_the_picture_of_the_post(capsys):
    mask = masks.prefix_from_lengths(3, 5)
    wanted = [
        "prefix(3), 5 queries x 5 keys",
        "    白云山多高",
        "白  ██████· ·",
        "云  ██████· ·",
        "山  ██████· ·",
        "多  ████████·",
        "高  ██████████",
    ]
    assert lines(mask, "白云山多高") == wanted
    mask.draw(list("白云山多高"))
    assert capsys.readouterr().out == "\n".join(wanted) + "\n"


def test_long_labels_stand_upright_and_the_last_queries_have_the_last_labels():
    assert lines(masks.causal(2, 3), ["who", "am", "I"]) == [
        "causal, 2 queries x 3 keys",
        "    w",
        "    h a",
        "    o m I",
        "am  ████·",
        "I   ██████",
    ]
    assert lines(masks.bidirectional(1, 2), "ab", query_tokens=["query"])[-1] == "query  ████"


def test_a_row_of_a_batch():
    mask = masks.padding([[True, False], [True, True]])
    assert lines(mask, row=0)[-1] == "1  ██·"
    assert lines(mask, row=1) == [
        "padding, 2 queries x 2 keys, row 1 of 2",
        "   0 1",
        "0  ████",
        "1  ████",
    ]


def test_what_is_too_long_is_drawn_in_shaded_blocks():
    shown = lines(masks.causal(100))
    assert shown[0] == "causal, 100 queries x 100 keys, each cell 3 x 3 pairs"
    assert len(shown) == 1 + 2 + 34
    assert shown[3].split() == ["0", "▓▓·"] + ["·"] * 32
    assert shown[-1].endswith("██" * 33 + "██")  # the last block is a single pair
    sparse = masks.matrix(np.arange(10_000).reshape(100, 100) == 0)
    assert lines(sparse)[3].split()[1].startswith("░░")


def test_what_cannot_be_seen_is_escaped():
    assert lines(masks.causal(1), ["\n"])[-1] == "\\n  ██"
    svg = masks.causal(2).svg(["<&>", "\x00\x1b"], title='"<&>"')
    assert words(svg)[0] == '"<&>"'
    assert "\\x00\\x1b" in words(svg)


def test_ascii_where_the_terminal_has_no_blocks(capsys, monkeypatch):
    import io
    import sys

    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    masks.causal(2).draw()
    stream.flush()
    assert stream.buffer.getvalue().decode().split("\n")[2:4] == ["0  ##.", "1  ####"]


@pytest.mark.parametrize("theme", ["light", "dark", "auto"])
def test_svg_shows_every_pair_and_label(theme):
    mask = masks.permutation([3, 1, 0, 2])
    svg = mask.svg("甲乙丙丁", theme=theme)
    assert squares(svg, "seen") == 10
    assert squares(svg, "hidden") == 6
    assert words(svg).count("甲") == 2
    assert {"permutation", "4 queries x 4 keys"} <= set(words(svg))
    colours = {"light": "#ffffff", "dark": "#14181d"}
    for name, paper in colours.items():
        assert (paper in svg) == (theme in (name, "auto"))
    assert ("prefers-color-scheme" in svg) == (theme == "auto")


def test_svg_of_a_long_mask_is_small_and_keeps_shares():
    svg = masks.causal(1000).svg()
    assert len(svg) < 60_000
    shares = re.findall(r'opacity="([\d.]+)"', svg)
    assert len(shares) == 143  # on the diagonal
    assert set(shares[:-1]) == {f"{(7 * 8 / 2) / 49:.2f}"}


def test_files_are_whole_and_of_their_kind(tmp_path):
    mask = masks.causal(3)
    mask.save(tmp_path / "mask.svg", "abc", theme="dark")
    assert (tmp_path / "mask.svg").read_text(encoding="utf-8") == mask.svg("abc", theme="dark")
    assert [path.name for path in tmp_path.iterdir()] == ["mask.svg"]
    with pytest.raises(ValueError, match=r"must end in \.svg or \.png\. Received: .*mask\.jpg"):
        mask.save(tmp_path / "mask.jpg")
    with pytest.raises(FileNotFoundError):
        mask.save(tmp_path / "nowhere" / "mask.svg")


def test_png_has_the_colours_of_its_cells(tmp_path):
    pyplot_free = pytest.importorskip("matplotlib.image")
    for theme, seen, paper in (
        ("light", (47, 111, 159), (255, 255, 255)),
        ("dark", (111, 179, 224), (20, 24, 29)),
    ):
        path = tmp_path / f"{theme}.png"
        masks.causal(4).save(path, ["$a$", "b_c", "d", "e"], theme=theme)
        pixels = (pyplot_free.imread(path)[..., :3] * 255).round().astype(int)
        assert tuple(pixels[1, 1]) == paper
        share = (pixels == seen).all(-1).mean()
        svg = masks.causal(4).svg(["$a$", "b_c", "d", "e"])
        width, height = map(int, re.findall(r'viewBox="0 0 (\d+) (\d+)"', svg)[0])
        assert share == pytest.approx(10 * 22 * 22 / (width * height), rel=0.05)


def test_png_refuses_characters_without_a_font(tmp_path):
    pytest.importorskip("matplotlib")
    with pytest.raises(ValueError, match=r"so that a PNG would show boxes\. .* or save as \.svg"):
        masks.causal(1).save(tmp_path / "mask.png", ["\U0001f9ff\U000e0041"])
    assert not list(tmp_path.iterdir())


def test_png_says_what_is_missing(tmp_path, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match=r"pip install 'maskplay\[train\]'.*\.svg needs nothing"):
        masks.causal(2).save(tmp_path / "mask.png")


@pytest.mark.parametrize(
    ("draw", "error", "text"),
    [
        (
            lambda: masks.causal(3).drawing("ab"),
            ValueError,
            "tokens must be one for each of the 3 keys. Received: 2",
        ),
        (
            lambda: masks.causal(2).drawing(query_tokens="a"),
            ValueError,
            "query_tokens must be one for each of the 2",
        ),
        (lambda: masks.prefix([[0], [1]]).drawing(row=2), IndexError, "row must be from 0 to 1. Received: 2"),
        (lambda: masks.causal(3).svg(theme="pink"), ValueError, 'theme must be "auto", "light" or "dark"'),
        (lambda: masks.causal(100_000).drawing(), ValueError, "are too many to look at. Draw a part"),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw, error, text):
    with pytest.raises(error) as caught:
        draw()
    assert text in str(caught.value)


def test_a_notebook_shows_the_picture():
    assert masks.causal(2)._repr_svg_() == masks.causal(2).svg()

"""Draws the pictures of docs/gluing.md: python docs/pictures/gluing-pictures.py (half a minute)."""

from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image, ImageDraw, ImageFont

from maskplay.geometry import (
    Mesh,
    dform,
    ellipse,
    glue,
    picture,
    rectangle,
    save_picture,
    stadium,
    superellipse,
)

HERE = Path(__file__).parent
TRIANGLES = 2000


def row(
    name: str, meshes: dict[str, Mesh], size: int = 230, *, azimuth: float = 52, elevation: float = 25
) -> None:
    """Draw solids beside each other, each with its title."""
    sheet = Image.new("RGB", (size * len(meshes), size * 3 // 4 + 24), "white")
    draw = ImageDraw.Draw(sheet)
    for number, (title, mesh) in enumerate(meshes.items()):
        sheet.paste(picture(mesh, size, azimuth=azimuth, elevation=elevation), (number * size, 0))
        at = (number * size + size // 2, size * 3 // 4 + 10)
        draw.text(at, title, fill="#342e2c", anchor="mm", font=ImageFont.load_default(13))
    sheet.quantize(128).save(HERE / name, optimize=True)


def save(figure: Figure, name: str) -> None:
    """Write a chart."""
    FigureCanvasAgg(figure).print_png(HERE / name)


def lead() -> None:
    """Draw the two turnings along a quarter of the seam, and the profiles of the solid."""
    solid = glue(ellipse(2, 1))
    s = np.linspace(0, solid.quarter, 400)
    first, second = (np.degrees(sheet.turning(s)) for sheet in solid.sheets)
    x, y, z = solid.seam(s).T
    figure = Figure(figsize=(9, 3.4), layout="constrained", dpi=90)
    left, right = figure.subplots(1, 2)
    left.plot(s, first, color="#e0823e", label="α: sheet A, from its tip")
    left.plot(s, second, color="#4682a8", label="β: sheet B, from its flank")
    left.fill_between(s, second, first, color="#e0823e", alpha=0.12, lw=0)
    left.set(xlabel="arc length s along the seam", ylabel="turned, degrees", yticks=[0, 30, 60, 90])
    left.legend(frameon=False)
    right.plot(x, y, color="#e0823e", label="Y: half the width of A")
    right.plot(x, z, color="#4682a8", label="Z: half the width of B")
    right.set(xlabel="x", ylabel="half-width", ylim=(0, 1.05))
    right.legend(frameon=False, loc="lower center")
    save(figure, "gluing-lead.png")


def convergence() -> None:
    """Draw the volume's error over the number of triangles."""
    solid = glue(ellipse(2, 1))
    meshes = [solid.mesh(count) for count in (100, 400, 1600, 6400, 25_600, 102_400)]
    counts = np.array([len(mesh.triangles) for mesh in meshes])
    errors = [abs(mesh.volume / solid.volume - 1) for mesh in meshes]
    figure = Figure(figsize=(4.6, 3.2), layout="constrained", dpi=90)
    axes = figure.subplots()
    axes.loglog(counts, errors, "o-", color="#e0823e", label="mesh")
    axes.loglog(
        counts, errors[0] * (counts[0] / counts) ** 2, "--", color="#342e2c", lw=0.8, label="second order"
    )
    axes.set(xlabel="triangles", ylabel="relative error of the volume")
    axes.legend(frameon=False)
    save(figure, "gluing-convergence.png")


def main() -> None:
    """Draw all of them."""
    solid = glue(ellipse(2, 1))
    save_picture(solid.mesh(3000), HERE / "gluing-solid.png", 480)
    save_picture(solid.mesh(1200), HERE / "gluing-turning.gif", 300)
    glue(ellipse(80, 40)).pattern(marks=24).save(HERE / "gluing-pattern.svg")
    row(
        "gluing-ratios.png",
        {f"{a} : 1": glue(ellipse(a, 1)).mesh(TRIANGLES) for a in (1.1, 1.5, 2, 3, 5)},
        190,
    )
    family = {
        "rectangle 2 1": rectangle(2, 1),
        "rectangle 2 1 0.3": rectangle(2, 1, 0.3),
        "stadium 2 1": stadium(2, 1),
        "superellipse 2 1 1": superellipse(2, 1, 1),
    }
    row("gluing-shapes.png", {name: glue(sheet).mesh(TRIANGLES) for name, sheet in family.items()})
    offsets = (0.02, 0.0625, 0.125, 0.1875, 0.25)
    row(
        "gluing-offsets.png",
        {f"offset {at:g}": dform(ellipse(2, 1), offset=at, vertices=120).mesh for at in offsets},
        190,
    )
    lead()
    convergence()


if __name__ == "__main__":
    main()

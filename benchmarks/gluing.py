"""Two ellipses glued to a solid: how exact, how fast, and of which order.

    python benchmarks/gluing.py [--triangles N] [--repeats N] [--points N] [--json]

The seam of a = 2, b = 1 is compared with integrals of fifty digits. A mesh is built and timed in turns with the post's
own way, which tabulates arc lengths in steps of 1e-6. Its error goes with the root of the step, its time with their
number: what it would take to be as exact as the mesh is computed from that, no machine could run it. The volume is
computed from meshes of doubled resolution. Takes about a minute, most of it for the fifty digits.
"""

import argparse
import statistics
from typing import Any

import numpy as np

from maskplay.geometry import convex_body, ellipse, glue
from measures.clock import cores, seconds
from measures.report import note, report
from measures.seam_reference import seam_reference
from measures.stepping import stepping

A, B = 2, 1
MEANINGS = {
    "seam_error": "largest error of x, y and z on the seam, against 50 digits",
    "quarter_error": "of the quarter's length, against 50 digits",
    "mesh_triangles": "of the mesh that is timed",
    "mesh_edge_error": "its worst edge, in space against flat, relatively",
    "mesh_outline_error": "distance of its flat vertices from the ellipse, over a",
    "mesh_length_error": "of its length X, relatively",
    "mesh_volume_error": "of its volume, relatively",
    "speedup_vs_post": "what the post's way would take to find X as exactly as the mesh has it, over ours",
    "speedup_as_run": "the post's way with steps of 1e-6, as it is, over ours",
    "seconds_ours": "gluing and meshing, median",
    "seconds_post": "the post's way, median, without a mesh",
    "post_error": "of the length X that the post's way finds, relatively",
    "post_order": "of that error in the step, from steps of 1e-5 and 1e-6",
    "volume_order": "of the mesh's volume in the number of edges",
    "dform_error": "volume of the general solver against the closed form's mesh, relatively",
    "cores": "that this process may use",
}


def main() -> None:
    options = _options()
    figures = {**_accuracy(options.points), **_speed(options.triangles, options.repeats)}
    figures |= {"volume_order": _order(), "dform_error": _dform_error(), "cores": cores()}
    report({name: figures[name] for name in MEANINGS}, MEANINGS, "gluing two ellipses", options.json)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--triangles", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--points", type=int, default=4, help="of the seam that are compared")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args()


def _accuracy(points: int) -> dict[str, Any]:
    note(f"{points} points of the seam with 50 digits")
    shares = [(number + 1) / points for number in range(points)]
    lengths, reference = seam_reference(A, B, shares)
    solid = glue(ellipse(A, B))
    errors = []
    for length, point in zip(lengths, reference, strict=True):
        # The arc length is rounded to a float: what that moves the point is not our error, and below 1e-15.
        found = solid.seam(float(length))
        errors += [abs(float(value - exact)) for value, exact in zip(map(float, found), point, strict=True)]
    return {"seam_error": max(errors), "quarter_error": abs(float(solid.quarter - lengths[-1]))}


def _speed(triangles: int, repeats: int) -> dict[str, Any]:
    note(f"a mesh of {triangles:,} triangles, in turns with steps of 1e-6")
    solid = glue(ellipse(A, B))
    mesh = solid.mesh(triangles)
    ours, posts = [], []
    for _ in range(repeats):
        ours.append(seconds(lambda: glue(ellipse(A, B)).mesh(triangles)))
        posts.append(seconds(lambda: stepping(A, B, 1e-6)))
    errors = [abs(stepping(A, B, step).length / solid.length - 1) for step in (1e-5, 1e-6)]
    order = float(np.log10(errors[0] / errors[1]))
    length_error = abs(float(np.ptp(mesh.vertices[:, 0])) / solid.length - 1)
    ratio = statistics.median(posts) / statistics.median(ours)
    x, y = np.abs(mesh.sheets[1].flat).T
    return {
        "mesh_triangles": len(mesh.triangles),
        "mesh_edge_error": mesh.edge_error,
        "mesh_outline_error": float(np.abs(np.hypot(x / A, y / B) - 1).max()),
        "mesh_length_error": length_error,
        "mesh_volume_error": abs(mesh.volume / solid.volume - 1),
        "speedup_vs_post": ratio * (errors[1] / length_error) ** (1 / order),
        "speedup_as_run": ratio,
        "seconds_ours": statistics.median(ours),
        "seconds_post": statistics.median(posts),
        "post_error": errors[1],
        "post_order": order,
    }


def _order() -> float:
    """Fit the slope of the error over the number of edges, on logarithmic axes."""
    solid = glue(ellipse(A, B))
    meshes = [solid.mesh(count) for count in (800, 1600, 3200, 6400, 12_800)]
    errors = [abs(mesh.volume - solid.volume) for mesh in meshes]
    edges = [len(mesh.vertices) for mesh in meshes]
    return float(-np.polyfit(np.log(edges), np.log(errors), 1)[0])


def _dform_error() -> float:
    mesh = glue(ellipse(A, B)).mesh(400)
    first, second = (sheet.flat for sheet in mesh.sheets)
    return abs(convex_body((first, second), ("A", "B")).volume / mesh.volume - 1)


if __name__ == "__main__":
    main()

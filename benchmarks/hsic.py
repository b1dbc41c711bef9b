"""How exact and how fast HSIC is: against hyppo, dcor, careful NumPy, and against what cannot be done without.

    python benchmarks/hsic.py [--json] [--picture docs/pictures/hsic-cost.svg]

Ratios are measured side by side in one run, a minute or two. hyppo needs most of it: it and careful NumPy are timed
with 50 orders, and taken twenty times. `pip install 'maskplay[benchmark]'` brings hyppo and dcor.
"""

import argparse
from pathlib import Path
from typing import Any

from maskplay.analysis import hsic as room
from maskplay.analysis._pictures import drawing
from measures import dependence
from measures.clock import cores
from measures.report import note, report

MEANINGS = {
    "max_abs_difference": "largest difference from naive NumPy, hyppo and dcor, where they compute the same",
    "permutation_speedup_vs_hyppo": "test with 1,000 orders of 1,000 samples: hyppo's seconds over ours",
    "permutation_speedup_vs_numpy": "the same, of NumPy that centres once and reorders by index",
    "laplace_1m_over_two_argsorts": "exact statistic and p-value of a million samples, over two argsorts of them",
    "features_1m_64d_peak_mib": "peak memory of a process that streams a million samples of 64 + 64 columns",
    "permutation_seconds": "of our test",
    "permutation_over_floor": "our test over the time of its necessary products and bytes alone",
    "permutation_floor_gflop": "those products",
    "permutation_floor_mb": "those bytes",
    "laplace_1m_seconds": "of the exact statistic",
    "features_1m_64d_seconds": "of the stream",
    "features_1m_64d_growth_mib": "how much its memory grew over the interpreter with one batch",
    "slope_laplace": "exponent of n in the cost of the exact statistic, 16,000 to 1,000,000",
    "slope_permutation": "exponent of n in the cost of the permutation test, 1,000 to 64,000",
    "slope_matrices": "exponent of n in the cost of the blockwise statistic, 500 to 4,000",
    "cores": "that this process may use",
}
_LINE = [16_000, 64_000, 250_000, 1_000_000]
_PERMUTED = [1_000, 4_000, 16_000, 64_000]
_MATRICES = [500, 1_000, 2_000, 4_000]


def costs() -> dict[str, tuple[list[int], list[float]]]:
    note("cost against n")
    return {
        "exact, one column each (Laplace)": (_LINE, [dependence.laplace_ratio(n)[0] for n in _LINE]),
        "permutation test, 100 orders": (_PERMUTED, [dependence.ours(n, 100) for n in _PERMUTED]),
        "blockwise (Laplace, whole matrices)": (_MATRICES, [_blockwise(n) for n in _MATRICES]),
    }


def _blockwise(n: int) -> float:
    x, y = dependence.pair(n)
    return dependence.seconds(lambda: room.hsic(x, y, "laplace"), 2)


def measure() -> tuple[dict[str, Any], dict[str, tuple[list[int], list[float]]]]:
    note("against hyppo, dcor and naive NumPy")
    difference = max(dependence.differences().values())
    dependence.ours(1000, 1000)
    note("permutation tests")
    ours = dependence.ours(1000, 1000)
    hyppo, numpy = 20 * dependence.hyppos(1000, 50), 20 * dependence.numpys(1000, 50)
    floor = dependence.floor(1000, 1000)
    note("a million samples")
    line, sorts = dependence.laplace_ratio(1_000_000)
    stream = dependence.streamed()
    drawn = costs()
    slopes = [dependence.slope(*one) for one in drawn.values()]
    return {
        "max_abs_difference": difference,
        "permutation_speedup_vs_hyppo": hyppo / ours,
        "permutation_speedup_vs_numpy": numpy / ours,
        "laplace_1m_over_two_argsorts": line / sorts,
        "features_1m_64d_peak_mib": stream["peak_mib"],
        "permutation_seconds": ours,
        "permutation_over_floor": ours / floor["seconds"],
        "permutation_floor_gflop": floor["gflop"],
        "permutation_floor_mb": floor["mb"],
        "laplace_1m_seconds": line,
        "features_1m_64d_seconds": stream["seconds"],
        "features_1m_64d_growth_mib": stream["peak_mib"] - stream["before_mib"],
        "slope_laplace": slopes[0],
        "slope_permutation": slopes[1],
        "slope_matrices": slopes[2],
        "cores": cores(),
    }, drawn


def draw(costs: dict[str, tuple[list[int], list[float]]], path: Path) -> None:
    with drawing(path, (7, 3.8)) as (figure, _):
        axes = figure.subplots()
        for (name, (sizes, times)), style in zip(costs.items(), ("o-", "s-", "^-"), strict=True):
            axes.loglog(sizes, times, style, label=f"{name}: n^{dependence.slope(sizes, times):.2f}")
        axes.set(xlabel="samples", ylabel="seconds")
        axes.legend()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--picture", type=Path, help="draw cost against n here")
    arguments = parser.parse_args()
    figures, drawn = measure()
    if arguments.picture is not None:
        draw(drawn, arguments.picture)
    report(figures, MEANINGS, "HSIC", arguments.json)


if __name__ == "__main__":
    main()

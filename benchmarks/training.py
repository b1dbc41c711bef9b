"""What understanding a training costs, and whether it finds what is wrong.

    pip install pyhessian                                  # for the comparison; needs torch
    python benchmarks/training.py [--json] [--steps N] [--repeats N] [--explain]

Curvature: a network of a million weights (784-1024-200-10, relu, cross entropy) on a batch of 256, after some steps of
training. The same weights and data go to PyHessian 0.1 on torch. The speedup is at equal accuracy, 1 %: ours stops when
its own bound says so; PyHessian's rule knows no accuracy, so it is stopped as soon as it is within 1 % of the answer,
which it is told. The other speedup is with its own settings (power iteration until the eigenvalue changes by less than
0.1 %, 100 products at most), with the error that it then has. They take turns; the fastest run of each counts.
Compiling is not counted, but told.

Diagnoses: each broken model has one fault, made on purpose; it counts if the first finding names its layer and its
cause. A healthy one counts as a false alarm if anything is found. The thresholds were set with the fifty and twenty
models that are written down; as many more are drawn by chance, with which nothing was set. It takes a few minutes.
"""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import argparse
from typing import Any

from measures.clock import cores
from measures.curvature import curvature, monitor_share
from measures.diagnosing import diagnoses
from measures.diagnosis.broken import broken
from measures.diagnosis.drawn import drawn_broken, drawn_healthy
from measures.diagnosis.healthy import healthy
from measures.report import note, report

MEANINGS = {
    "eigenvalue_gradient_evaluations": "for the top eigenvalue to 1 %: one, and two for each product with the Hessian",
    "eigenvalue_error": "of it, relative to one of tolerance 1e-4",
    "eigenvalue_within_bounds": "whether the interval told with it holds that one",
    "eigenvalue_seconds": "compiled",
    "eigenvalue_seconds_first": "with compiling",
    "eigenvalue_speedup_vs_pyhessian": "PyHessian's seconds to 1 % (stopped there by who knows the answer) over ours",
    "eigenvalue_speedup_vs_pyhessian_as_it_stops": "… with its own settings, whatever its error then is",
    "pyhessian_products": "that it took with its own settings",
    "pyhessian_error": "of what it then says",
    "pyhessian_products_to_1_percent": "the first power of two that suffices; 100 if none does",
    "monitor_step_share": "seconds of training with SmoothnessMonitor as it is by default, over those without, less 1",
    "weights": "of the network",
    "signal_report_passes": "runs of a model for one report, forward or forward and backward, the most of all models",
    "diagnosed_of_50": "broken models whose first finding names the layer and the cause",
    "false_alarms_of_20": "healthy models of which anything is said",
    "drawn_diagnosed_of_50": "the same of broken models drawn by chance",
    "drawn_false_alarms_of_20": "the same of healthy models drawn by chance",
    "report_seconds": "of all reports together, without making the models",
    "cores": "that this process may use",
}


def signals(explain: bool) -> dict[str, Any]:
    note("fifty broken models and twenty healthy ones")
    written = diagnoses([*broken(), *healthy()], explain)
    note("as many, drawn by chance")
    drawn = diagnoses([*drawn_broken(), *drawn_healthy()], explain)
    return {
        "signal_report_passes": max(written.passes, drawn.passes),
        "diagnosed_of_50": written.named,
        "false_alarms_of_20": written.alarms,
        "drawn_diagnosed_of_50": drawn.named,
        "drawn_false_alarms_of_20": drawn.alarms,
        "report_seconds": written.seconds + drawn.seconds,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--explain", action="store_true", help="say of every model what was found")
    parser.add_argument(
        "--steps", type=int, default=300, help="of training, for the monitor's share; 0: none"
    )
    parser.add_argument("--repeats", type=int, default=5, help="of each way to the eigenvalue")
    arguments = parser.parse_args()
    figures = curvature(arguments.repeats)
    if arguments.steps:
        note("the monitor's share")
        figures["monitor_step_share"] = monitor_share(arguments.steps)
    figures |= signals(arguments.explain) | {"cores": cores()}
    report({name: figures.get(name) for name in MEANINGS}, MEANINGS, "Understanding training", arguments.json)


if __name__ == "__main__":
    main()

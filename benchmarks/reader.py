"""How fast the reader is: against BERT-base, against the machine, and where its time goes.

    python benchmarks/reader.py [DATASET] [--questions N] [--model FOLDER] [--skip-bert] [--json]

Ratios are measured side by side in one run. Without a dataset it makes passages up, so that it runs anywhere. BERT
needs `pip install 'maskplay[benchmark]'`. With CMRC 2018 dev it takes some minutes on two cores, most of them BERT's.
"""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras

from maskplay.datasets import Example
from maskplay.reading import Reader
from measures.against_bert import rates
from measures.asking import extra_question_cost
from measures.clock import cores
from measures.cold import cold_ask
from measures.convolutions import convolution_rate
from measures.evaluating import necessary_flops, warm_evaluation
from measures.peak import matrix_peak
from measures.report import note, report
from measures.sample import examples

MEANINGS = {
    "speedup_vs_bert_base": "pairs of question and passage per second, over those of BERT-base (PyTorch)",
    "speedup_unshared": "the same, every pair's passage read anew",
    "speedup_in_bulk": "the same, ours over the whole evaluation",
    "conv_peak_share": "the encoder's convolutions: FLOP/s over the peak",
    "evaluate_peak_share": "a whole evaluation, necessary FLOPs only: over the peak",
    "host_share": "share of an evaluation outside of the network",
    "extra_question_cost": "seconds of one more question over those of the first, with the reading",
    "extra_question_cost_small": "the same on a few passages, in NumPy",
    "cold_ask_ratio": "fresh `maskplay read ask` over fresh `import keras`, wall time",
    "peak_gflops": "float32 matrix products of 2048 x 2048",
    "evaluate_seconds": "of the whole evaluation",
    "evaluate_passages_per_second": "pairs of question and passage in it",
    "text_share": "of an evaluation: strings to ids",
    "boundaries_share": "of an evaluation: where spans may begin and end",
    "decoding_share": "of an evaluation: spans, vote, answers",
    "scoring_share": "of an evaluation: comparison with the references",
    "maskplay_pairs_per_second": "on the pairs that BERT got too",
    "bert_pairs_per_second": "on the same pairs",
    "bert_pairs": "how many pairs both got",
    "bert_windows": "windows of 384 tokens, 128 shared, that BERT cut them into",
    "cold_ask_seconds": "of a fresh `maskplay read ask`",
    "cold_keras_seconds": "of a fresh `import keras`",
    "questions": "in the evaluation",
    "passages": "distinct ones in it",
    "cores": "that this process may use",
}


def main() -> None:
    options = _options()
    if keras.config.backend() != "jax":
        raise SystemExit(f"The benchmark needs KERAS_BACKEND=jax. Received: {keras.config.backend()!r}")
    sample, metric = examples(options.dataset, options.questions)
    reader = Reader.load(options.model)
    _ = reader.network  # so that all of it runs in Keras
    figures = _speed(reader, sample, metric, options.repeats)
    figures |= _against_bert(reader, sample[: options.bert_pairs], options.skip_bert)
    figures |= _asking(reader, sample, options.model)
    figures |= _cold(sample, options.model, options.cold_runs)
    bert = figures["bert_pairs_per_second"]
    figures["speedup_in_bulk"] = figures["evaluate_passages_per_second"] / bert if bert else None
    figures["cores"] = cores()
    ordered = {name: figures[name] for name in MEANINGS}
    report(ordered, MEANINGS, "maskplay's reader", options.json)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "dataset", nargs="?", type=Path, help="any file that maskplay reads; default: made up"
    )
    parser.add_argument("--questions", type=int, default=600, help="to evaluate; 0 for all of the dataset")
    parser.add_argument("--model", type=Path, help="a reader's folder; default: the bundled reader")
    parser.add_argument("--bert-pairs", type=int, default=96, help="pairs that BERT reads too")
    parser.add_argument("--skip-bert", action="store_true")
    parser.add_argument("--repeats", type=int, default=3, help="of the evaluation")
    parser.add_argument("--cold-runs", type=int, default=5, help="fresh processes of each kind")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args()


def _speed(reader: Reader, sample: Sequence[Example], metric: str, repeats: int) -> dict[str, Any]:
    note("the machine, the convolutions, the evaluation")
    peak = matrix_peak()
    convolutions = convolution_rate(reader)
    times = warm_evaluation(reader, sample, metric, repeats)
    peak = max(peak, matrix_peak())  # the machine may have been busier before than after
    pairs = sum(len(example.passages) for example in sample)
    return {
        "conv_peak_share": convolutions / peak,
        "evaluate_peak_share": necessary_flops(reader, sample) / times.total / peak,
        "host_share": times.host_share,
        "peak_gflops": peak / 1e9,
        "evaluate_seconds": times.total,
        "evaluate_passages_per_second": pairs / times.total,
        "text_share": times.text / times.total,
        "boundaries_share": times.boundaries / times.total,
        "decoding_share": times.decoding / times.total,
        "scoring_share": times.scoring / times.total,
        "questions": len(sample),
        "passages": len({passage.text for example in sample for passage in example.passages}),
    }


def _against_bert(reader: Reader, sample: Sequence[Example], skip: bool) -> dict[str, Any]:
    if skip:
        names = ("speedup_vs_bert_base", "speedup_unshared", "maskplay_pairs_per_second")
        return dict.fromkeys((*names, "bert_pairs_per_second", "bert_pairs", "bert_windows"))
    note("BERT-base, which takes its time")
    found = rates(reader, sample)
    return {
        "speedup_vs_bert_base": found.maskplay / found.bert,
        "speedup_unshared": found.maskplay_unshared / found.bert,
        "maskplay_pairs_per_second": found.maskplay,
        "bert_pairs_per_second": found.bert,
        "bert_pairs": found.pairs,
        "bert_windows": found.bert_windows,
    }


def _asking(reader: Reader, sample: Sequence[Example], model: Path | None) -> dict[str, Any]:
    note("one more question")
    passages, questions = _texts(sample)
    return {
        "extra_question_cost": extra_question_cost(reader, passages[:64], questions),
        "extra_question_cost_small": extra_question_cost(Reader.load(model), passages[:8], questions),
    }


def _cold(sample: Sequence[Example], model: Path | None, runs: int) -> dict[str, Any]:
    if runs == 0:
        return dict.fromkeys(("cold_ask_ratio", "cold_ask_seconds", "cold_keras_seconds"))
    note("fresh processes")
    passages, questions = _texts(sample)
    asked, imported = cold_ask(questions[0], passages[:8], model, runs)
    return {"cold_ask_ratio": asked / imported, "cold_ask_seconds": asked, "cold_keras_seconds": imported}


def _texts(sample: Sequence[Example]) -> tuple[list[str], list[str]]:
    passages = list(dict.fromkeys(passage.text for example in sample for passage in example.passages))
    return passages, [example.question for example in sample]


if __name__ == "__main__":
    main()

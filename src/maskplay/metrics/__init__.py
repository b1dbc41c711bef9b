"""Exact match and F1 by each benchmark's own rules; ROUGE and BLEU of what is written."""

from maskplay.metrics.bleu import bleu
from maskplay.metrics.cmrc import cmrc
from maskplay.metrics.comparison import Comparison
from maskplay.metrics.drcd import drcd
from maskplay.metrics.english import english_words
from maskplay.metrics.evaluation import Evaluation, Question, evaluate
from maskplay.metrics.metric import Metric
from maskplay.metrics.overlap import common_bag, longest_common_run
from maskplay.metrics.pairwise import PairwiseMetric
from maskplay.metrics.registry import get, names
from maskplay.metrics.rouge import Rouge, rouge
from maskplay.metrics.row import Row
from maskplay.metrics.score import Score
from maskplay.metrics.sogou import SogouMetric, sogou
from maskplay.metrics.squad import squad, squad2
from maskplay.metrics.text_tokens import text_tokens
from maskplay.metrics.webqa import ChunkScore, WebQAMetric, chunk_score, vote_chunks, webqa

__all__ = [
    "ChunkScore",
    "Comparison",
    "Evaluation",
    "Metric",
    "PairwiseMetric",
    "Question",
    "Rouge",
    "Row",
    "Score",
    "SogouMetric",
    "WebQAMetric",
    "bleu",
    "chunk_score",
    "cmrc",
    "common_bag",
    "drcd",
    "english_words",
    "evaluate",
    "get",
    "longest_common_run",
    "names",
    "rouge",
    "sogou",
    "squad",
    "squad2",
    "text_tokens",
    "vote_chunks",
    "webqa",
]

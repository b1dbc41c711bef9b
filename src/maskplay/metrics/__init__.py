"""Exact match and F1 by each benchmark's own rules."""

from maskplay.metrics.cmrc import cmrc
from maskplay.metrics.comparison import Comparison
from maskplay.metrics.drcd import drcd
from maskplay.metrics.english import english_words
from maskplay.metrics.evaluation import Evaluation, Question, evaluate
from maskplay.metrics.metric import Metric
from maskplay.metrics.overlap import common_bag, longest_common_run
from maskplay.metrics.pairwise import PairwiseMetric
from maskplay.metrics.registry import get, names
from maskplay.metrics.row import Row
from maskplay.metrics.score import Score
from maskplay.metrics.sogou import SogouMetric, sogou
from maskplay.metrics.squad import squad, squad2
from maskplay.metrics.webqa import ChunkScore, WebQAMetric, chunk_score, vote_chunks, webqa

__all__ = [
    "ChunkScore",
    "Comparison",
    "Evaluation",
    "Metric",
    "PairwiseMetric",
    "Question",
    "Row",
    "Score",
    "SogouMetric",
    "WebQAMetric",
    "chunk_score",
    "cmrc",
    "common_bag",
    "drcd",
    "english_words",
    "evaluate",
    "get",
    "longest_common_run",
    "names",
    "sogou",
    "squad",
    "squad2",
    "vote_chunks",
    "webqa",
]

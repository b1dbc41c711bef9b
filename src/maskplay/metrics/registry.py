"""Metrics by name."""

from maskplay.metrics.cmrc import cmrc
from maskplay.metrics.drcd import drcd
from maskplay.metrics.metric import Metric
from maskplay.metrics.sogou import sogou
from maskplay.metrics.squad import squad, squad2
from maskplay.metrics.webqa import webqa

_METRICS: dict[str, Metric] = {metric.name: metric for metric in (cmrc, drcd, squad, squad2, sogou, webqa)}


def names() -> tuple[str, ...]:
    """The names that `get` knows.

    >>> names()
    ('cmrc', 'drcd', 'squad', 'squad2', 'sogou', 'webqa')
    """
    return tuple(_METRICS)


def get(name: str) -> Metric:
    """The metric of a benchmark.

    Args:
        name: one of `names()`.

    Raises:
        ValueError: if no metric has that name.

    >>> get("cmrc").score("382米", ["382米", "海拔382米"])
    Score(em=1.0, f1=1.0)
    """
    try:
        return _METRICS[name]
    except (KeyError, TypeError):
        raise ValueError(f"no metric is called {name!r}; the metrics are: {', '.join(_METRICS)}") from None

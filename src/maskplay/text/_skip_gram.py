"""Training word vectors with gensim."""

from collections.abc import Iterable

import numpy as np

from maskplay.text.segment import Segmenter, segment

_LONGEST = 10_000  # words of a text that gensim reads


def skip_gram(
    texts: Iterable[str], segmenter: Segmenter | None, settings: dict[str, int | None]
) -> tuple[list[str], np.ndarray]:
    """Train on the words of `texts`; give words, most frequent first, and vectors `(words, dim)`."""
    try:
        from gensim.models import Word2Vec
    except ImportError:
        raise ImportError("training word vectors needs gensim: pip install 'maskplay[train]'.") from None
    if isinstance(texts, str):
        raise TypeError("texts must be an iterable of strings; received one string. Pass [text].")
    words = ([word for word in segment(text, segmenter) if not word.isspace()] for text in texts)
    sentences = [part for text in words for part in _parts(text)]
    try:
        model = Word2Vec(sentences, sg=1, hs=0, negative=5, ns_exponent=0.75, sample=1e-3, **settings)
    except RuntimeError:  # gensim's "you must first build vocabulary": nothing was frequent enough
        raise ValueError(
            f"no word appears {settings['min_count']} times in {len(sentences)} texts; "
            "give more text or a smaller min_count."
        ) from None
    return list(model.wv.index_to_key), np.asarray(model.wv.vectors, dtype=np.float32)


def _parts(words: list[str]) -> list[list[str]]:
    """Cut a long text: gensim silently ignores what comes after the first words of one."""
    return [words[i : i + _LONGEST] for i in range(0, len(words), _LONGEST)]

"""Training word vectors with gensim."""

from collections.abc import Iterable

import numpy as np

from maskplay.text.segment import Segmenter, segment


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
    sentences = [[word for word in segment(text, segmenter) if not word.isspace()] for text in texts]
    try:
        model = Word2Vec(sentences, sg=1, hs=0, negative=5, ns_exponent=0.75, sample=1e-3, **settings)
    except RuntimeError:  # gensim's "you must first build vocabulary": nothing was frequent enough
        raise ValueError(
            f"no word appears {settings['min_count']} times in {len(sentences)} texts; "
            "give more text or a smaller min_count."
        ) from None
    return list(model.wv.index_to_key), np.asarray(model.wv.vectors, dtype=np.float32)

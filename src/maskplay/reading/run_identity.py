"""What a run of training is made of, beside its options."""

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from maskplay.reading.vocabularies import vectors_digest
from maskplay.text import WordVectors

if TYPE_CHECKING:
    from maskplay.reading.reader import Reader


def run_identity(
    texts: Iterable[str], vectors: WordVectors | None, start: "Reader | None"
) -> dict[str, str | None]:
    """Name all that a run is made of, so that it cannot go on with something else, and can say with what it cannot.

    Args:
        texts: all that is learned from and validated on, in its order.
        vectors: of words that were given, if some were.
        start: the reader whose weights, characters and words training starts from, if there is one.
    """
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.encode("utf-8", "surrogatepass") + b"\0")
    return {
        "texts": digest.hexdigest(),
        "vectors": None if vectors is None else vectors_digest(vectors).hex(),
        "start": None if start is None else _of_reader(start),
    }


def _of_reader(reader: "Reader") -> str:
    digest = hashlib.sha256(repr(reader.encode.vocabulary.characters).encode("utf-8", "surrogatepass"))
    digest.update(vectors_digest(reader.encode.vectors))
    for name, weight in sorted(reader.weights().items()):
        digest.update(name.encode() + np.ascontiguousarray(weight).tobytes())
    return digest.hexdigest()

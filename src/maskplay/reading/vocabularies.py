"""The characters and words that a reader knows, made of the texts that it learns from."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from maskplay._files import write_whole
from maskplay.models.training_state import TrainingState
from maskplay.reading.text_encoder import TextEncoder
from maskplay.text import CharVocabulary, WordVectors

_ORIGIN = "origin"  # of vocabulary and word vectors


def vocabularies(run: Path, texts: Sequence[str], vectors: WordVectors | None, seed: int) -> TextEncoder:
    """Make vocabulary and word vectors, or read those that were made of the same before.

    Args:
        run: the folder of the training run, where they are kept.
        texts: what will be learned from.
        vectors: of words; None trains some on the texts.
        seed: of that training.
    """
    vocabulary_file, vectors_file = run / "vocabulary.json", run / "vectors.safetensors"
    origin = _origin(texts, vectors, seed)
    same = (run / _ORIGIN).exists() and (run / _ORIGIN).read_text() == origin
    # Where there is a checkpoint, it is what refuses other data, and says what differs.
    if not same and not TrainingState.exists(run, "last"):
        min_count = 3 if sum(map(len, texts)) > 100_000 else 1
        vectors = vectors or WordVectors.train(texts, min_count=min_count, seed=seed)
        # Like the characters' vectors after their normalization, words have unit variance.
        spread = vectors.vectors.std() or 1.0
        scaled = WordVectors(vectors.words, vectors.vectors / spread, fold=vectors.fold)
        scaled.save(vectors_file, dtype="int8")
        CharVocabulary.from_texts(texts, min_count=min_count).save(vocabulary_file)
        write_whole(run / _ORIGIN, origin.encode())  # last: what it vouches for is there
    return TextEncoder(CharVocabulary.load(vocabulary_file), WordVectors.load(vectors_file))


def vectors_digest(vectors: WordVectors) -> bytes:
    """Identify word vectors."""
    digest = hashlib.sha256(repr(vectors.words).encode("utf-8", "surrogatepass"))
    digest.update(vectors.matrix.tobytes())
    return digest.digest()


def _origin(texts: Iterable[str], vectors: WordVectors | None, seed: int) -> str:
    """Identify what vocabulary and word vectors are made of."""
    digest = hashlib.sha256(str(seed).encode())
    for text in texts:
        digest.update(text.encode("utf-8", "surrogatepass") + b"\0")
    if vectors is not None:
        digest.update(vectors_digest(vectors))
    return digest.hexdigest()

"""A small corpus, and small readers of random weights that NumPy runs without waiting."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from maskplay.decoding import LengthPrior
from maskplay.models import AlignedReader
from maskplay.reading import Reader
from maskplay.reading.judgement import Judgement
from maskplay.reading.passage_scores import PassageScores
from maskplay.reading.text_encoder import TextEncoder
from maskplay.text import CharVocabulary, WordVectors

HAN = "山水火木金土天地日月星云雨风花鸟鱼虫高低大小多少白主峰"
MARKS = "，。！？《》\n "
WORDS = (
    "白云",
    "云山",
    "主峰",
    "高山",
    "流水",
    "大地",
    "日月",
    "星云",
    "风雨",
    "花鸟",
    "382",
    "，",
    "。",
    "的",
)


def vocabulary() -> CharVocabulary:
    return CharVocabulary.from_texts([HAN + MARKS + "0123456789ab"])


def encoder() -> TextEncoder:
    vectors = np.random.default_rng(5).normal(0, 1, (len(WORDS), 5))
    return TextEncoder(vocabulary(), WordVectors(WORDS, vectors, fold=True))


def configuration(encode: TextEncoder, width: int = 16) -> AlignedReader:
    return AlignedReader(
        vocabulary_size=len(encode.vocabulary),
        word_count=len(encode.vectors),
        word_dim=encode.vectors.dim,
        width=width,
        encoder_dilations=(1, 2),
        asker_dilations=(1, 3),
        key_dim=8,
        asker_width=8,
        heads=2,
    )


def random_weights(config: AlignedReader, seed: int = 3) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    weights = {name: rng.normal(0, 0.4, shape) for name, shape in config.weight_shapes().items()}
    weights["scores/kernel"] *= 3  # clear winners: what is equal but for rounding must not decide
    return {name: array.astype(np.float32) for name, array in weights.items()}


def judgement(objective: str = "softmax") -> Judgement:
    return Judgement(objective, LengthPrior.fit([2, 2, 3, 3, 4, 7], max_length=12))


def fresh_reader(seed: int = 3) -> Reader:
    """A reader as it is loaded: NumPy computes a little, Keras much."""
    encode = encoder()
    config = configuration(encode)
    return Reader(config, encode, judgement(), random_weights(config, seed))


def random_text(length: int, seed: int = 0, alphabet: str = HAN * 4 + MARKS + "0123456789") -> str:
    return "".join(np.random.default_rng(seed).choice(list(alphabet), length))


@pytest.fixture(scope="session")
def compile_quickly(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests run each shape a few times: most of the time would go into XLA's optimisation, and into compiling again."""
    import keras

    if keras.backend.backend() != "jax":
        yield
        return
    import jax

    jax.config.update("jax_disable_most_optimizations", True)
    jax.config.update("jax_compilation_cache_dir", str(tmp_path_factory.mktemp("compiled")))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.1)
    yield
    jax.config.update("jax_compilation_cache_dir", None)
    jax.config.update("jax_disable_most_optimizations", False)


@pytest.fixture(scope="session")
def reader() -> Reader:
    """It computes in NumPy however much there is to do."""
    reader = fresh_reader()
    vars(reader)["network"] = reader.config.in_numpy(reader.weights(), reader.encode.vectors.matrix)
    return reader


@pytest.fixture(scope="session")
def scores(reader: Reader) -> PassageScores:
    return PassageScores(reader.network)


@pytest.fixture(scope="session")
def text() -> Callable[..., str]:
    return random_text


class LocalNetwork:
    """Scores that are sums over the neighbours at a distance of 0 and 3: local as a network's, and computed at once.

    Args:
        seed: of the table of scores by character.
        amount: how far scores lie apart.
    """

    radius = 3
    trainer = None

    def __init__(self, seed: int = 1, amount: float = 2.0) -> None:
        self.passage_encoder = self.question_encoder = self.asker = self
        self._table = np.random.default_rng(seed).normal(0, amount, (3, 64, 5)).astype(np.float32)

    def predict_on_batch(self, x: dict[str, np.ndarray]) -> dict | np.ndarray:
        if "row" not in x:
            return {}
        ids = x["passage_characters"][x["row"]] + (x["passage_words"][x["row"]] % 7)
        wide = np.pad(ids, ((0, 0), (3, 3)))
        length = ids.shape[1]
        parts = (table[wide[:, 3 * i : 3 * i + length]] for i, table in enumerate(self._table))
        question = self._table[0][x["question_characters"]].sum(axis=1)[:, None, :]
        return np.where(x["passage_characters"][x["row"]][:, :, None] > 0, sum(parts) + question * 0.1, 0)


def local_reader(objective: str = "softmax") -> Reader:
    """A reader with a `LocalNetwork`."""
    encode = encoder()
    reader = Reader(configuration(encode), encode, judgement(objective))
    vars(reader)["network"] = LocalNetwork()
    return reader

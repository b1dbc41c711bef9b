"""The strict environment of the tests: a named backend, no network."""

import os
from collections.abc import Callable
from typing import Any

import pytest

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ["HF_HUB_OFFLINE"] = "1"  # no test asks the hub
# Half of the time of these tests goes into compiling what runs once, so XLA is told not to polish it, and to write
# loops without MLIR, which saves a third of the whole. The tests of all backends (make test-backends) leave it as users
# have it.
os.environ.setdefault(
    "XLA_FLAGS",
    "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true "
    "--xla_cpu_parallel_codegen_split_count=1 --xla_cpu_use_fusion_emitters=false",
)


def pytest_configure(config: pytest.Config) -> None:
    """What other projects warn of and we cannot mend; each line says why."""
    # Keras calls numpy.array on its variables, and on tensors of torch, whose __array__ does not know NumPy 2's
    # `copy` (Keras 3.15, torch 2.13).
    config.addinivalue_line("filterwarnings", "ignore:__array__ implementation:DeprecationWarning")
    # What torch imports for forward derivatives uses a decorator that it has deprecated itself (torch 2.13).
    config.addinivalue_line("filterwarnings", "ignore:.torch.jit.script. is deprecated:DeprecationWarning")


class _OracleNetwork:
    """A reader network without weights: the answer is a number of metres, of the passage that shares the subject.

    It starts where digits begin, it ends with the 米 behind them, and the gate is open where the first three characters
    of the question stand in the passage. It sees ids alone, as a network does.
    """

    radius = 8
    trainer = None

    def __init__(self, ids: Callable[[str], Any]) -> None:
        self.passage_encoder = self.question_encoder = self.asker = self
        self._digits, self._metre = ids("0123456789"), ids("米")[0]

    def predict_on_batch(self, inputs: dict[str, Any]) -> Any:
        import numpy as np

        if "row" not in inputs:
            return {}
        scores = np.zeros((len(inputs["row"]), inputs["passage_characters"].shape[1], 5), np.float32)
        for pair, row in enumerate(inputs["row"]):
            passage, question = inputs["passage_characters"][row], inputs["question_characters"][pair]
            digit = np.isin(passage, self._digits)
            scores[pair, :, 0] = np.where(digit & ~np.roll(digit, 1), 9, -9)
            scores[pair, :, 1] = np.where((passage == self._metre) & np.roll(digit, 1), 9, -9)
            subject = np.isin(question[:3], passage[passage > 1]).mean()
            scores[pair, :, 4] = 12 * subject - 9
        return scores


@pytest.fixture
def oracle_reader() -> Any:
    """A reader that answers exactly and at once, without Keras: how high a mountain is."""
    from maskplay.decoding import LengthPrior
    from maskplay.models import AlignedReader
    from maskplay.reading import Reader
    from maskplay.reading.judgement import Judgement
    from maskplay.reading.text_encoder import TextEncoder
    from maskplay.text import CharVocabulary, WordVectors

    vocabulary = CharVocabulary("0123456789米白云山主峰多高越秀岗海拔约位于广州登时请注意安全。,!")
    encode = TextEncoder(vocabulary, WordVectors(["白云山"], [[1.0]]))
    prior = LengthPrior.fit([3, 4, 4, 5, 6], max_length=12)
    reader = Reader(AlignedReader(len(vocabulary), 3, 1), encode, Judgement("softmax", prior, None, 0.1))
    vars(reader)["network"] = _OracleNetwork(vocabulary.ids)  # in place of the one that Keras would build
    return reader

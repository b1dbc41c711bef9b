"""Random small language models as tables, and what is true of them by looking at every text."""

import itertools

import keras
import numpy as np
from keras import ops

END = 3


class Models:
    """`batch` models with their own logits behind every beginning of at most `capacity` tokens.

    As a step it keeps tokens by slot, as a network keeps keys and values, and finds a text again by `slots`.
    """

    def __init__(self, batch, vocabulary=4, capacity=3, seed=0, spread=2.0):
        rng = np.random.default_rng(seed)
        shape = (batch, capacity + 1, vocabulary**capacity, vocabulary)
        self.logits = (rng.standard_normal(shape) * spread).astype("float32")
        self.vocabulary, self.capacity = vocabulary, capacity

    @property
    def first(self):
        return ops.convert_to_tensor(self.logits[:, 0, 0])

    def cache(self, width):
        return ops.zeros((len(self.logits), width, self.capacity), dtype="int32")

    def __call__(self, cache, texts, slots, index):
        here = ops.arange(self.capacity) == index
        cache = ops.where(here, texts, cache)
        # (batch, text, position) from (batch, slot, position)
        found = ops.take_along_axis(cache, slots, axis=1)
        powers = ops.convert_to_tensor((self.vocabulary ** np.arange(self.capacity)).astype("int32"))
        seen = ops.where(ops.arange(self.capacity) <= index, found * powers, 0)
        codes = ops.sum(seen, axis=2)
        tables = ops.take(ops.convert_to_tensor(self.logits), index + 1, axis=1)
        return ops.take_along_axis(tables, codes[:, :, None], axis=1), cache

    def log_probability(self, row, text):
        """Of a text and its end."""
        total, code = 0.0, 0
        for depth, token in enumerate((*text, END)):
            logits = self.logits[row, depth, code].astype("float64")
            total += logits[token] - np.log(np.exp(logits).sum())
            code += token * self.vocabulary**depth
        return total

    def all_texts(self, longest=None):
        tokens = [t for t in range(self.vocabulary) if t != END]
        for length in range((self.capacity if longest is None else longest) + 1):
            yield from itertools.product(tokens, repeat=length)

    def ranking(self, row, penalty, texts=None):
        """Every text with its score, the best first."""
        texts = list(self.all_texts()) if texts is None else texts
        scored = [(self.log_probability(row, t) / (len(t) + 1) ** penalty, t) for t in texts]
        return sorted(scored, reverse=True)


def lists(texts, row):
    """The texts of a row that there are, as (score, tokens)."""
    tokens, lengths, _, scores = (ops.convert_to_numpy(x)[row] for x in texts)
    return [
        (float(s), tuple(map(int, t[:n])))
        for t, n, s in zip(tokens, lengths, scores, strict=True)
        if s > -np.inf
    ]


def run(function):
    """Call a function as one program, where the backend has a compiler for that: one by one takes longer."""
    if keras.backend.backend() == "jax":
        import jax

        function = jax.jit(function)
    return function()

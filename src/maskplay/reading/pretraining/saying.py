"""A reader's network that says which characters are hidden."""

from typing import Any

import keras
from keras import ops

from maskplay.layers._dense import Dense
from maskplay.models import ReaderNetwork
from maskplay.models.compose import text_inputs


class _Characters(keras.layers.Layer):
    """Logits of characters, by the vectors that embed them; the weights that it adds are not the reader's.

    Args:
        embedding: of the characters.
    """

    def __init__(self, embedding: keras.layers.Embedding, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.embedding = embedding
        self.transform = Dense(embedding.output_dim, "gelu", name="transform")
        self.norm = keras.layers.LayerNormalization(epsilon=1e-6, name="norm")

    def build(self, shape: Any) -> None:
        self.transform.build(shape)
        self.norm.build(shape)
        self.bias = self.add_weight(shape=(self.embedding.input_dim,), initializer="zeros", name="bias")
        super().build(shape)

    def call(self, states: Any) -> Any:
        states = self.norm(self.transform(states)) / self.embedding.output_dim**0.5
        return ops.matmul(states, ops.transpose(self.embedding.embeddings)) + self.bias


def saying(network: ReaderNetwork) -> keras.Model:
    """Make the model that says hidden characters; it shares what encodes passages and questions with the reader.

    Args:
        network: of an aligned reader.

    Returns:
        A functional model from `characters`, `words` `(rows, length)` and `places` `(places,)`, numbers of
        characters in the batch as one row, to logits `(places, vocabulary)`.
    """
    trunk = network.passage_encoder.model.get_layer("trunk")  # type: ignore[attr-defined]
    ids = text_inputs()
    places = keras.Input((), dtype="int32", name="places")
    encoded = trunk(ids)["encoded"]
    states = ops.take(ops.reshape(encoded, (-1, encoded.shape[-1])), places, axis=0)
    characters = trunk.get_layer("embed").characters
    return keras.Model({**ids, "places": places}, _Characters(characters, name="say")(states), name="saying")

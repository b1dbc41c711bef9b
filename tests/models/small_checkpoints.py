"""Small configurations of every family, and what checkpoints of them say."""

import numpy as np
from keras import ops

from maskplay.models import TransformerConfig, load_checkpoint

SIZES = {
    "vocabulary_size": 23,
    "width": 10,
    "depth": 2,
    "heads": 5,
    "hidden": 7,
    "max_positions": 13,
    "segments": 3,
}
FAMILIES = {
    "bert": TransformerConfig(**SIZES),
    "albert": TransformerConfig(
        **SIZES, family="albert", groups=1, embedding_width=3, activation="gelu_tanh"
    ),
    "electra": TransformerConfig(**SIZES, family="electra", embedding_width=3),
    "roformer": TransformerConfig(**SIZES, family="roformer", positions="rotary"),
    "nezha": TransformerConfig(**SIZES, family="nezha", positions="relative", max_distance=5),
}
TOKENS = np.array([[3, 1, 4, 1, 5, 9, 2], [6, 5, 3, 5, 0, 0, 0]], "int32")


def says(folder, head="masked_lm", **more):
    return ops.convert_to_numpy(load_checkpoint(folder, head, inputs=("tokens",), **more)({"tokens": TOKENS}))

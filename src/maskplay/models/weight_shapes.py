"""The shapes of the weights of common layers, by path: what a file of weights is checked against before Keras runs."""

Shapes = dict[str, tuple[int, ...]]


def dense(name: str, inputs: int, units: int, *, bias: bool = True) -> Shapes:
    """A `keras.layers.Dense`.

    >>> dense("fuse", 3, 2)
    {'fuse/kernel': (3, 2), 'fuse/bias': (2,)}
    """
    return {f"{name}/kernel": (inputs, units)} | ({f"{name}/bias": (units,)} if bias else {})


def normalization(name: str, width: int) -> Shapes:
    """A `keras.layers.LayerNormalization`."""
    return {f"{name}/gamma": (width,), f"{name}/beta": (width,)}


def dilated_gated(name: str, width: int) -> Shapes:
    """A `maskplay.layers.DilatedGatedConv1D` of kernel size 3 that keeps the width."""
    return {f"{name}/convolution/kernel": (3, width, 2 * width), f"{name}/convolution/bias": (2 * width,)}


def hybrid_embedding(name: str, characters: int, width: int, word_dim: int) -> Shapes:
    """The trained part of a `maskplay.layers.HybridEmbedding`."""
    return {
        f"{name}/characters/embeddings": (characters, width),
        **dense(f"{name}/projection", word_dim, width, bias=False),
    }


def attention_pooling(name: str, inputs: int, units: int) -> Shapes:
    """A `maskplay.layers.AttentionPooling1D`."""
    return dense(f"{name}/hidden", inputs, units, bias=False) | dense(f"{name}/score", units, 1, bias=False)

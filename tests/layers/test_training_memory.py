"""What XLA keeps in memory for the gradient of feed-forward networks, counted in hidden layers."""

import keras
import numpy as np
import pytest

from maskplay.layers import FeedForward

NETWORKS, POSITIONS, DIM, HIDDEN = 4, (4, 128), 32, 256


@pytest.mark.skipif(keras.backend.backend() != "jax", reason="asks JAX")
def test_a_network_keeps_its_hidden_layer_before_and_after_the_activation():
    import jax

    networks = [FeedForward(HIDDEN, DIM) for _ in range(NETWORKS)]
    x = np.zeros((*POSITIONS, DIM), "float32")
    for network in networks:
        network.build(x.shape)
    weights = [[v.value for v in network.variables] for network in networks]

    def loss(weights, x):
        for network, own in zip(networks, weights, strict=True):
            x = x + network.stateless_call(own, [], x)[0]
        return (x * x).sum()

    step = jax.jit(jax.grad(loss)).lower(weights, x).compile()
    hidden_layer = np.prod(POSITIONS) * HIDDEN * x.itemsize
    # Two of each; two more of the one whose gradient is computed, and what is small. Four of each, and three more, were
    # kept when the products' gradients turned rows over, and GELU kept the error function.
    assert step.memory_analysis().temp_size_in_bytes < (2 * NETWORKS + 3) * hidden_layer

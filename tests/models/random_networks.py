"""Networks whose every weight is drawn, so that none hides behind zeros and ones."""

import numpy as np


def randomise(network):
    """Draw all weights of a network, norms around 1, the others around 0."""
    rng = np.random.default_rng(7)
    for weight in network.weights:
        if "seed" not in weight.path:
            fresh = rng.normal(1.0 if weight.path.endswith("gamma") else 0.0, 0.3, weight.shape)
            weight.assign(fresh.astype("float32"))
    return network


def made(config):
    """Build the network of a config, with drawn weights."""
    network = config.layer(name="transformer")
    network.build((None, None))
    return randomise(network)

"""The optimizer of everything that is trained here."""

import keras


def warmed_adamw(
    steps: int,
    *,
    learning_rate: float,
    warmup: int,
    weight_decay: float,
    clip: float,
    ema: float | None = None,
) -> keras.optimizers.Optimizer:
    """Make an AdamW whose learning rate grows linearly, then falls as a cosine to a twentieth of its peak.

    Args:
        steps: of the whole training.
        learning_rate: the peak.
        warmup: steps of growth; a quarter of all steps at most.
        weight_decay: of AdamW.
        clip: largest global norm of the gradient.
        ema: momentum of a moving average of the weights; None for no average.
    """
    warmup = max(1, min(warmup, steps // 4))
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=learning_rate / warmup,
        decay_steps=max(1, steps - warmup),
        alpha=0.05,
        warmup_target=learning_rate,
        warmup_steps=warmup,
    )
    return keras.optimizers.AdamW(
        schedule,
        weight_decay=weight_decay,
        beta_2=0.98,
        epsilon=1e-6,
        global_clipnorm=clip,
        use_ema=ema is not None,
        ema_momentum=0.99 if ema is None else ema,
    )

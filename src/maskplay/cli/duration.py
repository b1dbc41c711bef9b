"""Durations as people write them."""


def duration(seconds: float) -> str:
    """Write a duration.

    >>> duration(42), duration(3720)
    ('0:42', '1:02:00')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

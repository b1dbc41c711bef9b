"""Files that are there as a whole or not at all."""

from pathlib import Path

from maskplay._files import write_whole


def write(path: Path, data: str | bytes) -> Path:
    """Write a file beside its place, then rename it.

    Args:
        path: is replaced if it exists.
        data: text becomes UTF-8.

    Raises:
        OSError: naming the file, not what it is called while it is unfinished.
    """
    try:
        write_whole(path, data.encode() if isinstance(data, str) else data)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    return path

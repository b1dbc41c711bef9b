"""Files and folders that are written whole or not at all, and what identifies them."""

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def written_whole(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary file beside `path` to write to, and move it into place at the end.

    No reader ever sees half a file, and if anything fails, what was there before is still there. Who may read it is as
    for any new file (umask). Nothing takes the place of a device or a pipe (/dev/stdout): it is written to. A link
    stays one: what it leads to is replaced.

    Raises:
        FileNotFoundError: if there is no folder for it.
    """
    path = Path(path)
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path.parent))
    if path.exists() and not path.is_file():
        yield path
        return
    path = _behind_link(path)
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=path.suffix)
    except OSError as error:
        error.filename = str(path)  # nobody asked for the temporary one
        raise
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        os.replace(temporary, path)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        _name(error, path)
        raise


def _behind_link(path: Path) -> Path:
    return path.resolve() if path.is_symlink() else path


def _name(error: BaseException, path: Path) -> None:
    """Say what could not be written: of a full disk the system does not tell."""
    if isinstance(error, OSError) and error.errno and error.filename is None:
        error.filename = str(path)


def _umask() -> int:
    """Read it, which cannot be done without setting it."""
    umask = os.umask(0o077)
    os.umask(umask)
    return umask


def write_whole(path: str | os.PathLike[str], content: bytes) -> None:
    """Write some bytes; see `written_whole`."""
    with written_whole(path) as temporary:
        temporary.write_bytes(content)


@contextmanager
def written_whole_folder(folder: Path) -> Iterator[Path]:
    """Give a new folder beside `folder` to write to, and put it in its place at the end.

    What was there before is moved to ".<name>.old" for the moment between two renames, and then removed: a kill in
    between leaves one of the two. A link stays one: what it leads to is replaced.
    """
    folder = _behind_link(folder)
    unfinished, old = (folder.with_name(f".{folder.name}.{end}") for end in ("unfinished", "old"))
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    try:
        yield unfinished
        if folder.exists():  # else the old one may be all there is
            shutil.rmtree(old, ignore_errors=True)
            os.replace(folder, old)
        os.replace(unfinished, folder)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        _name(error, folder)
        raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def check_above(folder: Path) -> None:
    """Require a place for a folder that can be made: nothing above it is a file.

    Raises:
        NotADirectoryError: Something is.
    """
    above = next(path for path in folder.absolute().parents if path.exists())
    if not above.is_dir():
        raise NotADirectoryError(f"{folder} must lie in a folder. {above} is a file; name another place.")


def check_alone(folder: Path, ours: Collection[str], what: str) -> None:
    """Require a place for a folder that is written whole: whatever else lies there would be gone.

    Args:
        folder: to write; new, or with nothing in it but files of ours.
        ours: the names of such files.
        what: they make up, for the error.

    Raises:
        FileExistsError: Something else is there; nothing was changed.
    """
    if not folder.exists():
        return
    others = sorted({path.name for path in folder.iterdir()} - {*ours}) if folder.is_dir() else [folder.name]
    if others:
        raise FileExistsError(
            f"{folder} must be a new or empty folder, or one of {what} alone. It holds: {', '.join(others[:5])}. "
            "Name another, or take that out of it."
        )


def digest(path: Path) -> str:
    """Give the SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_of_folder(folder: Path) -> str:
    """Identify the files of a folder, by their names and what is in them."""
    files = sorted(path for path in folder.iterdir() if path.is_file())
    told = "\n".join(f"{path.name} {digest(path)}" for path in files)
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()

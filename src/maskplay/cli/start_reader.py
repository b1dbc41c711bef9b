"""The reader that training starts from."""

from pathlib import Path
from typing import TYPE_CHECKING

from maskplay.cli.out_folder import check_out
from maskplay.cli.refusal import Refusal

if TYPE_CHECKING:
    from maskplay.reading import Reader


def start_reader(out: Path, start: str | None, vectors: Path | None) -> "Reader | None":
    """Load the reader that --start names, if one is named; what is wrong is told before any text is read.

    Args:
        out: what --out names.
        start: a folder, or "bundled".
        vectors: what --vectors names: a reader's own words stay.
    """
    from maskplay.reading import Reader
    from maskplay.reading.reader_files import check_place

    if start is not None and vectors is not None:
        raise Refusal("--vectors has no place beside --start, whose words stay: give one of them.")
    folder = None if start == "bundled" else start
    check_out(out, check_place, folder)
    return None if start is None else Reader.load(folder)

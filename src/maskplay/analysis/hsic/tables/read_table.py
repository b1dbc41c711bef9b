"""Tables from files and data frames: named columns of numbers or labels."""

import csv
import os
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from maskplay.analysis.hsic._samples import times_as_numbers
from maskplay.analysis.hsic._types import Array, Floats

Table = dict[str, Array]
_MISSING = {"", "na", "n/a", "nan", "null", "none", "?"}
_DELIMITERS = ",;\t|"


def read_table(source: str | os.PathLike[str] | Any) -> Table:
    """Read named columns.

    Args:
        source: A CSV file (any of the usual delimiters, UTF-8, first line are names), a Parquet file (with pyarrow,
            pandas or polars), a data frame of pandas or polars, a table of pyarrow, a mapping of names to columns, or a
            matrix `(n, columns)`, whose columns are then named "0", "1", ….

    Returns:
        For each name a column `(n,)`: float64 with NaN for what is missing, or objects with None for it. Times are
        numbers.

    Raises:
        ValueError: No columns, columns of different lengths, two of one name, a line with too many or too few fields.
        ImportError: A Parquet file, and nothing to read it with.

    >>> table = read_table({"age": ["31", "", "45"], "city": ["A", "B", "A"]})
    >>> table["age"].tolist(), table["city"].tolist()
    ([31.0, nan, 45.0], ['A', 'B', 'A'])
    """
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        raw = _parquet(path) if path.suffix.lower() in (".parquet", ".pq") else _csv(path)
    elif isinstance(source, Mapping):
        raw = {str(name): source[name] for name in source}
    elif hasattr(source, "column_names"):  # a table of pyarrow
        raw = source.to_pydict()
    elif hasattr(source, "columns"):
        raw = {str(name): source[name] for name in source.columns}
    else:
        matrix = np.asarray(source)
        if matrix.ndim != 2:
            raise ValueError(
                f"A table must be a matrix (n, columns) or have named columns. Received: {matrix.shape}"
            )
        raw = {str(i): matrix[:, i] for i in range(matrix.shape[1])}
    table = {name: typed_column(column) for name, column in raw.items()}
    if not table or len({len(column) for column in table.values()}) != 1:
        lengths = ", ".join(f"{name}: {len(column)}" for name, column in table.items())
        raise ValueError(f"A table must have columns of one length. Received: {lengths or 'no columns'}")
    return table


def typed_column(column: Any) -> Array:
    """Numbers where everything that is there is one; labels else."""
    array = np.asarray(column.to_numpy() if hasattr(column, "to_numpy") else column)
    if array.dtype.kind in "fiu":
        return array.astype(np.float64)
    if array.dtype.kind in "mM":
        return times_as_numbers(array)
    if array.dtype.kind == "b":
        return array.astype(object)
    entries = [None if _is_missing(entry) else entry for entry in array.tolist()]
    if all(entry is None or isinstance(entry, date) for entry in entries) and any(entries):
        return times_as_numbers(np.array(entries, "datetime64[us]"))
    numbers = _numbers(entries)
    return np.array(entries, dtype=object) if numbers is None else numbers


def present(column: Array) -> Array:
    """Where a column has a value: `(n,)` booleans."""
    if column.dtype.kind == "f":
        return ~np.isnan(column)
    return np.array([entry is not None for entry in column])


def _is_missing(entry: Any) -> bool:
    # pandas has a value of its own for what is missing, of which nothing can be asked; NaN differs from itself.
    if entry is None or type(entry).__name__ == "NAType" or entry != entry:
        return True
    return isinstance(entry, str) and entry.strip().lower() in _MISSING


def _numbers(entries: Sequence[Any]) -> Floats | None:
    if any(isinstance(entry, bool) for entry in entries) or all(entry is None for entry in entries):
        return None
    try:
        return np.array([np.nan if entry is None else float(entry) for entry in entries])
    except (TypeError, ValueError):
        return None


def _csv(path: Path) -> dict[str, list[str]]:
    try:
        return _lines(path)
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path} must be UTF-8. Received: {error.object[error.start]:#x}, a byte that is not"
        ) from error


def _lines(path: Path) -> dict[str, list[str]]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        first = file.readline()
        file.seek(0)
        counts = {delimiter: first.count(delimiter) for delimiter in _DELIMITERS}
        rows = csv.reader(file, delimiter=max(_DELIMITERS, key=lambda one: counts[one]))
        names = [name.strip() for name in next(rows, [])]
        if not names or len(set(names)) != len(names):
            raise ValueError(
                f"{path}: the first line must name every column differently. Received: {first.strip()!r:.100}"
            )
        lines = []
        for fields in rows:
            if fields and len(fields) != len(names):
                raise ValueError(
                    f"{path}, line {rows.line_num}: there must be {len(names)} fields. Received: {len(fields)}"
                )
            if fields:
                lines.append(fields)
    return {name: [line[i] for line in lines] for i, name in enumerate(names)}


def _parquet(path: Path) -> Mapping[str, Any]:
    if not path.exists():
        raise FileNotFoundError(2, "No such file", str(path))
    try:
        from pyarrow import parquet
    except ImportError:
        pass
    else:
        return dict(parquet.read_table(path).to_pydict())
    for library in ("polars", "pandas"):
        try:
            frame = __import__(library).read_parquet(path)
        except ImportError:
            continue
        return {str(name): frame[name] for name in frame.columns}
    raise ImportError("Parquet files need pyarrow, polars or pandas: pip install pyarrow")

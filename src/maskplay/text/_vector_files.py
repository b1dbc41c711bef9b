"""Files of word vectors: word2vec text and binary, GloVe text, and a compact safetensors form."""

import json
from pathlib import Path

import numpy as np

from maskplay._files import write_whole
from maskplay.text._vector_text import first_line, read_binary, read_words_and_numbers

Vectors = tuple[list[str], np.ndarray, bool]
_KIND = "maskplay word vectors"
_COMPRESSED = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"PK\x03\x04": "zip"}


def read(path: Path, limit: int | None) -> Vectors:
    """Read any of the forms; words, vectors `(words, dim)`, and whether the words are folded."""
    if limit is not None and limit < 0:
        raise ValueError(f"limit must not be negative; received {limit}.")
    with path.open("rb") as file:
        start = file.read(4096)
    for magic, name in _COMPRESSED.items():
        if start.startswith(magic):
            raise ValueError(f"{path} is {name}-compressed; decompress it first.")
    if start[8:9] == b"{" and int.from_bytes(start[:8], "little") < path.stat().st_size:
        words, vectors, fold = _read_compact(path)
        return words[:limit], vectors[:limit], fold
    header = first_line(start)
    if header is not None and _is_binary(start, header[1]):
        words, vectors = read_binary(path, limit)
    else:
        words, vectors = read_words_and_numbers(path, limit)
    return words, vectors, False


def write(path: Path, words: tuple[str, ...], vectors: np.ndarray, fold: bool, dtype: str) -> None:
    """Write the form that the name's ending asks for."""
    if path.suffix == ".safetensors":
        return write_whole(path, _compact(words, vectors, fold, dtype))
    if dtype != "float32":
        raise ValueError(f'dtype {dtype!r} needs a name that ends in ".safetensors"; received {path.name!r}.')
    for word in words:
        if not word or word.split() != [word]:
            raise ValueError(f"word2vec files cannot hold {word!r} (a blank in it): save as .safetensors.")
    lines = [f"{len(words)} {vectors.shape[1]}\n".encode()]
    if path.suffix == ".bin":
        rows = vectors.astype("<f4")
        lines += [_utf8(w) + b" " + row.tobytes() + b"\n" for w, row in zip(words, rows, strict=True)]
    else:
        numbers = (" ".join(map(repr, row)) for row in vectors.tolist())
        lines += [_utf8(w) + f" {n}\n".encode() for w, n in zip(words, numbers, strict=True)]
    return write_whole(path, b"".join(lines))


def _utf8(word: str) -> bytes:
    return word.encode("utf-8", "surrogatepass")


def _is_binary(start: bytes, dim: int) -> bool:
    """Tell binary from text by what follows the first word: in text, numbers to the end of the line."""
    line, newline, _ = start.partition(b"\n")[2].lstrip().partition(b"\n")
    numbers = line.split()[1:]
    if newline and len(numbers) != dim:
        return True
    return any(byte < 0x20 or byte > 0x7E for byte in b"".join(numbers))


def _compact(words: tuple[str, ...], vectors: np.ndarray, fold: bool, dtype: str) -> bytes:
    from safetensors.numpy import save

    if dtype == "int8":
        scale = np.abs(vectors).max(axis=1, initial=0) / 127
        safe = np.where(scale > 0, scale, 1)[:, None]
        tensors = {"vectors": np.rint(vectors / safe).astype(np.int8), "scale": scale.astype(np.float32)}
    elif dtype in ("float32", "float16"):
        with np.errstate(over="ignore"):
            tensors = {"vectors": np.ascontiguousarray(vectors, dtype=dtype)}
        if not np.isfinite(tensors["vectors"]).all():
            raise ValueError('the vectors are too large for float16; save with dtype="int8" or "float32".')
    else:
        raise ValueError(f'dtype must be "float32", "float16" or "int8"; received {dtype!r}.')
    return _in_order(save(tensors, {"kind": _KIND, "fold": str(fold), "words": json.dumps(words)}))


def _in_order(content: bytes) -> bytes:
    """Sort the header, whose entries come in another order each time: equal vectors are to be equal files."""
    size = int.from_bytes(content[:8], "little")
    header = json.dumps(json.loads(content[8 : 8 + size]), sort_keys=True, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    return len(header).to_bytes(8, "little") + header + content[8 + size :]


def _read_compact(path: Path) -> Vectors:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "numpy") as file:
            about = file.metadata() or {}
            if about.get("kind") != _KIND:
                raise ValueError(f"{path} holds no maskplay word vectors.")
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
        words = json.loads(about["words"])
        vectors = tensors["vectors"].astype(np.float32)
        if "scale" in tensors:
            vectors *= tensors["scale"][:, None]
    except (SafetensorError, KeyError, json.JSONDecodeError, IndexError, TypeError) as error:
        raise ValueError(f"{path} is damaged: {error}") from None
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise ValueError(f"{path} is damaged: its words must be a list of strings.")
    return words, vectors, about.get("fold") == "True"

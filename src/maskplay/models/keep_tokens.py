"""Fewer tokens in a checkpoint, and all of them again (Scientific Spaces 6933)."""

import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from maskplay._files import write_whole, written_whole
from maskplay.models.checkpoints.checkpoint_error import CheckpointError

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
"""Tokens that are always kept."""

_MAP = "kept_tokens.json"
_COPIED = ("tokenizer_config.json", "special_tokens_map.json")


@dataclass(frozen=True)
class KeptTokens:
    """Which tokens of a vocabulary were kept, and where they are now.

    Args:
        ids: what each id of today was, ascending.
        size: how many tokens there were.

    >>> kept = KeptTokens((0, 2, 5), size=7)
    >>> kept.new([5, 0, 3], unknown=1).tolist(), kept.old([2, 0]).tolist()
    ([2, 0, 1], [5, 0])
    """

    ids: tuple[int, ...]
    size: int

    def __post_init__(self) -> None:
        rising = all(a < b for a, b in zip(self.ids, self.ids[1:], strict=False))
        if not self.ids or not rising or self.ids[0] < 0 or self.ids[-1] >= self.size:
            raise ValueError(f"ids must rise, from 0 to below size={self.size}. Received: {self.ids[:9]}…")

    def new(self, ids: Any, unknown: int) -> np.ndarray:
        """Give ids of the full vocabulary as ids of the kept one; `unknown` for those that are gone."""
        table = np.full(self.size, unknown, "int32")
        table[list(self.ids)] = np.arange(len(self.ids))
        return table[np.asarray(ids)]

    def old(self, ids: Any) -> np.ndarray:
        """Give ids of the kept vocabulary as ids of the full one."""
        return np.asarray(self.ids, "int32")[np.asarray(ids)]

    @classmethod
    def load(cls, folder: str | PathLike[str]) -> "KeptTokens":
        """Read the map of a folder that `keep_tokens` wrote."""
        from maskplay.models.checkpoints.source import read_json

        values, file = read_json(Path(folder), _MAP)
        try:
            return cls(tuple(values["ids"]), values["size"])
        except (KeyError, TypeError, ValueError) as error:
            raise CheckpointError(f"{file} is no map of kept tokens: {error}") from error


def keep_tokens(
    source: str | PathLike[str],
    target: str | PathLike[str],
    tokens: Iterable[str],
    *,
    revision: str | None = None,
) -> KeptTokens:
    """Write a checkpoint anew with some of its tokens, and their rows of the embeddings and of the masked-LM head.

    What the network says of kept tokens does not change: logits of the others are gone, and nothing else. A
    vocabulary for Chinese text keeps about a third of the tokens of BERT, most of the embeddings' memory less. The map
    is kept in `kept_tokens.json`; `restore_tokens` goes back. Of a checkpoint that was pruned before, the map counts in
    the ids of the first: `restore_tokens` takes that one.

    Args:
        source: a folder with `vocab.txt` or `tokenizer.json` of WordPiece, or a name on the hub.
        target: the folder to write, in the form of Hugging Face; not that of `source`.
        tokens: those to keep, as the vocabulary spells them; `SubwordTokenizer.tokens_in(texts)` gives those of a
            corpus. `SPECIAL` tokens are kept anyway; those that the vocabulary does not have are an error.
        revision: of the hub.

    Raises:
        CheckpointError: The checkpoint is damaged, or has no such vocabulary.
        ValueError: Some tokens are not in the vocabulary, or `target` is the source.
    """
    from maskplay.models.checkpoints.source import local_folder
    from maskplay.models.checkpoints.token_rows import names_of_token_rows
    from maskplay.models.checkpoints.vocabulary import check_vocabulary

    folder, target = local_folder(source, revision), Path(target)
    _check_target(target, folder)
    settings, vocabulary = _settings(folder), _vocabulary(folder)
    check_vocabulary(folder, settings["vocab_size"])
    chosen = KeptTokens(_chosen(vocabulary, tokens, settings.get("pad_token_id") or 0), len(vocabulary))
    kept = _counted_from_the_first(folder, chosen)
    rows = list(chosen.ids)
    tensors = _read(folder, settings["vocab_size"])
    for name in names_of_token_rows(tensors):
        tensors[name] = np.ascontiguousarray(tensors[name][rows])
    pad = int(chosen.new(settings.get("pad_token_id") or 0, 0))
    settings = {**settings, "vocab_size": len(rows), "pad_token_id": pad}
    _write(target, tensors, settings, folder)
    _write_vocabulary(folder, target, vocabulary, chosen)
    write_whole(target / _MAP, json.dumps({"ids": kept.ids, "size": kept.size}).encode())
    return kept


def restore_tokens(
    pruned: str | PathLike[str], original: str | PathLike[str], target: str | PathLike[str]
) -> None:
    """Write a checkpoint of `keep_tokens`, trained or not, with its full vocabulary again.

    Args:
        pruned: the folder that `keep_tokens` wrote, or one that was saved from it, with `kept_tokens.json`.
        original: what it was made from; its rows stand for the tokens that were left out. Of a checkpoint that was
            pruned more than once, the first.
        target: the folder to write; neither of the others.

    Raises:
        CheckpointError: The two do not belong together.
        ValueError: `target` is one of the two.
    """
    from maskplay.models.checkpoints.source import local_folder, settings_of

    pruned, folder, target = Path(pruned), local_folder(original), Path(target)
    _check_target(target, pruned, folder)
    kept = KeptTokens.load(pruned)
    _check_made_from(pruned, folder, kept)
    settings, before = settings_of(pruned)[0], _settings(folder)
    tensors = _whole(
        _read(pruned, len(kept.ids)), settings, _read(folder, before["vocab_size"]), before, kept
    )
    settings = {
        **settings,
        "vocab_size": before["vocab_size"],
        "pad_token_id": before.get("pad_token_id") or 0,
    }
    _write(target, tensors, settings, folder)
    for name in ("vocab.txt", "tokenizer.json"):
        if (folder / name).is_file():
            with written_whole(target / name) as temporary:
                shutil.copyfile(folder / name, temporary)


def _check_target(target: Path, *sources: Path) -> None:
    """Require another folder than those that are read: rows that are left out are nowhere else."""
    for source in sources:
        if target.resolve() == source.resolve():
            raise ValueError(
                f"target must be another folder than those that are read. Received: {target}, which is {source}. Name "
                "a new folder."
            )


def _settings(folder: Path) -> dict[str, Any]:
    from maskplay.models.checkpoints.source import settings_of

    settings, file = settings_of(folder)
    if not isinstance(settings.get("vocab_size"), int):
        raise CheckpointError(
            f"{file} must say vocab_size, a whole number. Received: {settings.get('vocab_size')!r}"
        )
    return settings


def _vocabulary(folder: Path) -> list[str]:
    from maskplay.models.checkpoints.vocabulary import tokens_of

    vocabulary = tokens_of(folder)
    if vocabulary is None:
        raise CheckpointError(
            f"{folder} must have a vocabulary, vocab.txt or a tokenizer.json of WordPiece, to keep tokens of. It has "
            "neither: copy the file there."
        )
    return vocabulary


def _counted_from_the_first(folder: Path, chosen: KeptTokens) -> KeptTokens:
    """Give what was chosen by the ids of the vocabulary that the first map of a row of them counts in."""
    if not (folder / _MAP).is_file():
        return chosen
    before = KeptTokens.load(folder)
    if len(before.ids) != chosen.size:
        raise CheckpointError(
            f"{folder / _MAP} must have an id for each of the {chosen.size} tokens of its folder. It has: "
            f"{len(before.ids)}. Take it away if the checkpoint has all of its tokens."
        )
    return KeptTokens(tuple(before.old(chosen.ids).tolist()), before.size)


def _check_made_from(pruned: Path, folder: Path, kept: KeptTokens) -> None:
    """Require that a map leads each token to the same token of the original."""
    small, full = _vocabulary(pruned), _vocabulary(folder)
    advice = "Name the checkpoint that it was made from; of one that was pruned more than once, the first."
    if len(full) != kept.size:
        raise CheckpointError(
            f"{pruned} was not made from {folder}, which must have the {kept.size} tokens that {_MAP} counts. "
            f"Received: {len(full)} tokens. {advice}"
        )
    if small != [full[i] for i in kept.ids]:
        raise CheckpointError(
            f"{pruned} was not made from {folder}, which must have the same tokens at the ids that {_MAP} names. "
            f"Received: other tokens. {advice}"
        )


def _chosen(vocabulary: Sequence[str], tokens: Iterable[str], pad: int) -> tuple[int, ...]:
    ids = {token: i for i, token in enumerate(vocabulary)}
    wanted = set(tokens)
    strange = sorted(wanted - set(ids))
    if strange:
        raise ValueError(
            f"tokens must be of the vocabulary. Received: {', '.join(strange[:5])}"
            f"{f' and {len(strange) - 5} more' if len(strange) > 5 else ''}, which are not"
        )
    return tuple(sorted({pad} | {ids[token] for token in (*wanted, *SPECIAL) if token in ids}))


def _read(folder: Path, rows: int) -> dict[str, np.ndarray]:
    from maskplay.models.checkpoints.tensorflow1 import is_tensorflow1, read_tensorflow1
    from maskplay.models.checkpoints.tensors import read_tensors
    from maskplay.models.checkpoints.token_rows import TOKEN_ROWS, names_of_token_rows

    tensors = read_tensorflow1(folder) if is_tensorflow1(folder) else read_tensors(folder)
    names = names_of_token_rows(tensors)
    wrong = [name for name in names if len(tensors[name]) != rows]
    if wrong or not names:
        raise CheckpointError(
            f"{folder} must have {rows} rows for its {rows} tokens in "
            f"{wrong[0] if wrong else TOKEN_ROWS[0]}. It has: {len(tensors[wrong[0]]) if wrong else 'none'}"
        )
    return tensors


def _whole(
    tensors: dict[str, np.ndarray],
    settings: dict[str, Any],
    full: dict[str, np.ndarray],
    before: dict[str, Any],
    kept: KeptTokens,
) -> dict[str, np.ndarray]:
    """Give all tensors, those with a row for each token with the rows of all tokens."""
    from maskplay.models.checkpoints.token_rows import names_of_token_rows, with_all_rows

    full = _prefixed(full, before)
    named = _prefixed(tensors, settings)
    whole = dict(tensors)
    # The order is the same: what is written has the names that it had.
    for name, prefixed in zip(tensors, named, strict=True):
        if names_of_token_rows({prefixed: tensors[name]}):
            whole[name] = with_all_rows(prefixed, tensors[name], kept.ids, full, before["vocab_size"])
    return whole


def _prefixed(tensors: dict[str, np.ndarray], settings: dict[str, Any]) -> dict[str, np.ndarray]:
    from maskplay.models.checkpoints.names import OF_OTHER_HEADS, PREFIXES
    from maskplay.models.checkpoints.settings import family_of
    from maskplay.models.checkpoints.tensors import with_prefix

    return with_prefix(tensors, PREFIXES.get(family_of(settings) or "", ""), OF_OTHER_HEADS)


def _write(target: Path, tensors: dict[str, np.ndarray], settings: dict[str, Any], folder: Path) -> None:
    from safetensors.numpy import save_file

    target.mkdir(parents=True, exist_ok=True)
    with written_whole(target / "model.safetensors") as temporary:
        save_file(tensors, temporary, metadata={"format": "pt"})
    write_whole(target / "config.json", (json.dumps(settings, indent=2) + "\n").encode())
    for name in _COPIED:
        if (folder / name).is_file():
            with written_whole(target / name) as temporary:
                shutil.copyfile(folder / name, temporary)


def _write_vocabulary(folder: Path, target: Path, vocabulary: Sequence[str], kept: KeptTokens) -> None:
    names = [vocabulary[i] for i in kept.ids]
    if (folder / "vocab.txt").is_file():
        write_whole(target / "vocab.txt", ("\n".join(names) + "\n").encode())
    if (folder / "tokenizer.json").is_file():
        from maskplay.models.checkpoints.source import read_json
        from maskplay.models.checkpoints.tokenizer_file import with_tokens

        values, _ = read_json(folder, "tokenizer.json")
        text = json.dumps(with_tokens(values, names), ensure_ascii=False, indent=1)
        write_whole(target / "tokenizer.json", text.encode())

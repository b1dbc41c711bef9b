"""Fewer tokens in a checkpoint, and all of them again (Scientific Spaces 6933)."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from maskplay._files import check_alone, written_whole_folder
from maskplay.models.checkpoints.checkpoint_error import CheckpointError

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
"""Tokens that are always kept."""

_MAP, _TENSORS, _CONFIG = "kept_tokens.json", "model.safetensors", "config.json"
_TOKENIZER_SETTINGS, _SPECIAL_MAP = "tokenizer_config.json", "special_tokens_map.json"


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
        target: the folder to write, whole or not at all, in the form of Hugging Face: new, empty, or one that was
            written so before; not that of `source`.
        tokens: those to keep, as the vocabulary spells them; `SubwordTokenizer.tokens_in(texts)` gives those of a
            corpus. `SPECIAL` tokens, and those that the tokenizer's files name, are kept anyway; those that the
            vocabulary does not have are an error.
        revision: of the hub.

    Raises:
        CheckpointError: The checkpoint is damaged, or has no such vocabulary.
        TypeError: The tokens are one string, which would be read letter by letter.
        ValueError: Some tokens are not in the vocabulary, or `target` is the source.
        FileExistsError: Something else is in `target`.
    """
    from maskplay.models.checkpoints.source import local_folder
    from maskplay.models.checkpoints.token_rows import names_of_token_rows
    from maskplay.models.checkpoints.vocabulary import check_vocabulary

    if isinstance(tokens, str | bytes):
        raise TypeError(
            f"tokens must be a sequence of tokens: pass [token] for one. Received: {tokens!r:.60}. "
            "SubwordTokenizer.tokens_in(texts) gives those that texts need."
        )
    folder, target = local_folder(source, revision), Path(target)
    _check_target(target, folder)
    settings, vocabulary = _settings(folder), _vocabulary(folder)
    check_vocabulary(folder, settings["vocab_size"])
    ids = _chosen(vocabulary, tokens, {*SPECIAL, *_named(folder)}, settings.get("pad_token_id") or 0)
    chosen = KeptTokens(ids, len(vocabulary))
    kept = _counted_from_the_first(folder, chosen)
    tensors = _read(folder, settings["vocab_size"])
    for name in names_of_token_rows(tensors):
        tensors[name] = np.ascontiguousarray(tensors[name][list(chosen.ids)])
    files = _fewer_tokens(folder, [vocabulary[i] for i in chosen.ids])
    files[_MAP] = _json({"ids": kept.ids, "size": kept.size})
    _write(target, tensors, _renumbered(settings, chosen), files)
    return kept


def restore_tokens(
    pruned: str | PathLike[str], original: str | PathLike[str], target: str | PathLike[str]
) -> None:
    """Write a checkpoint of `keep_tokens`, trained or not, with its full vocabulary again.

    Args:
        pruned: the folder that `keep_tokens` wrote, or one that was saved from it, with `kept_tokens.json`.
        original: what it was made from; its rows stand for the tokens that were left out. Of a checkpoint that was
            pruned more than once, the first.
        target: the folder to write, as of `keep_tokens`; neither of the others.

    Raises:
        CheckpointError: The two do not belong together.
        ValueError: `target` is one of the two.
        FileExistsError: Something else is in `target`.
    """
    from maskplay.models.checkpoints.source import VOCABULARY_FILES, local_folder, settings_of

    pruned, folder, target = Path(pruned), local_folder(original), Path(target)
    _check_target(target, pruned, folder)
    kept = KeptTokens.load(pruned)
    _check_made_from(pruned, folder, kept)
    settings, before = settings_of(pruned)[0], _settings(folder)
    tensors = _whole(
        _read(pruned, len(kept.ids)), settings, _read(folder, before["vocab_size"]), before, kept
    )
    settings = {name: value for name, value in settings.items() if not name.endswith("_token_id")}
    settings |= {name: value for name, value in before.items() if name.endswith("_token_id")}
    settings |= {"vocab_size": before["vocab_size"], "pad_token_id": before.get("pad_token_id") or 0}
    names = [name for name in VOCABULARY_FILES if name != _MAP and (folder / name).is_file()]
    _write(target, tensors, settings, {name: (folder / name).read_bytes() for name in names})


def _check_target(target: Path, *sources: Path) -> None:
    """Require another folder than those that are read, and none that holds what is not ours: it is written whole."""
    from maskplay.models.checkpoints.source import VOCABULARY_FILES

    for source in sources:
        if target.resolve() == source.resolve():
            raise ValueError(
                f"target must be another folder than those that are read. Received: {target}, which is {source}. Name "
                "a new folder."
            )
    check_alone(target, (_TENSORS, _CONFIG, *VOCABULARY_FILES), "a checkpoint")


def _settings(folder: Path) -> dict[str, Any]:
    from maskplay.models.checkpoints.source import settings_of

    settings, file = settings_of(folder)
    size, pad = settings.get("vocab_size"), settings.get("pad_token_id") or 0
    if isinstance(size, bool) or not isinstance(size, int):
        raise CheckpointError(f"{file} must say vocab_size, a whole number. Received: {size!r:.60}")
    if isinstance(pad, bool) or not isinstance(pad, int) or not 0 <= pad < size:
        raise CheckpointError(f"{file}: pad_token_id must be one of the {size} tokens. Received: {pad!r:.60}")
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


def _named(folder: Path) -> set[str]:
    """Give the tokens that the files of the tokenizer name."""
    from maskplay.models.checkpoints.tokenizer_file import named_tokens

    files = [_values(folder, name) for name in ("tokenizer.json", _TOKENIZER_SETTINGS, _SPECIAL_MAP)]
    with _of_known_form(folder):
        return named_tokens(*files)


@contextmanager
def _of_known_form(folder: Path) -> Iterator[None]:
    """Tell of a part of a tokenizer's file that is not what transformers writes there."""
    try:
        yield
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        raise CheckpointError(
            f"post_processor, padding and special tokens of the tokenizer in {folder} must be as transformers "
            f"writes them. Reading them failed with {error!r:.80}. Get the checkpoint anew."
        ) from error


def _values(folder: Path, name: str) -> dict[str, Any]:
    from maskplay.models.checkpoints.source import read_json

    return read_json(folder, name)[0] if (folder / name).is_file() else {}


def _chosen(
    vocabulary: Sequence[str], tokens: Iterable[str], always: Iterable[str], pad: int
) -> tuple[int, ...]:
    ids = {token: i for i, token in enumerate(vocabulary)}
    wanted = set(tokens)
    strange = sorted(wanted - set(ids))
    if strange:
        raise ValueError(
            f"tokens must be of the vocabulary. Received: {', '.join(strange[:5])}"
            f"{f' and {len(strange) - 5} more' if len(strange) > 5 else ''}, which are not"
        )
    return tuple(sorted({pad} | {ids[token] for token in (*wanted, *always) if token in ids}))


def _renumbered(settings: dict[str, Any], chosen: KeptTokens) -> dict[str, Any]:
    """Give the configuration with the new ids of tokens, None for those that are gone, and with its family.

    Google's names none, and transformers must have it.
    """
    from maskplay.models.checkpoints.settings import family_of

    now = {old: new for new, old in enumerate(chosen.ids)}
    ids = {n: now.get(i) for n, i in settings.items() if n.endswith("_token_id") and isinstance(i, int)}
    ids |= {"vocab_size": len(now), "pad_token_id": now[settings.get("pad_token_id") or 0]}
    family = family_of(settings)
    return {**settings, **ids, **({"model_type": family} if family else {})}


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


def _fewer_tokens(folder: Path, names: Sequence[str]) -> dict[str, bytes]:
    """Give the files of a vocabulary, and of what cuts text by it, with these tokens."""
    from maskplay.models.checkpoints.tokenizer_file import settings_with_tokens, with_tokens

    files = {}
    if (folder / "vocab.txt").is_file():
        files["vocab.txt"] = ("\n".join(names) + "\n").encode()
    for name, changed in (("tokenizer.json", with_tokens), (_TOKENIZER_SETTINGS, settings_with_tokens)):
        if (folder / name).is_file():
            with _of_known_form(folder):
                files[name] = _json(changed(_values(folder, name), names))
    if (folder / _SPECIAL_MAP).is_file():
        files[_SPECIAL_MAP] = (folder / _SPECIAL_MAP).read_bytes()
    return files


def _write(
    target: Path, tensors: dict[str, np.ndarray], settings: dict[str, Any], files: dict[str, bytes]
) -> None:
    from safetensors.numpy import save_file

    with written_whole_folder(target.resolve()) as unfinished:
        save_file(tensors, unfinished / _TENSORS, metadata={"format": "pt"})
        for name, content in {_CONFIG: _json(settings), **files}.items():
            (unfinished / name).write_bytes(content)


def _json(values: dict[str, Any]) -> bytes:
    return (json.dumps(values, ensure_ascii=False, indent=1) + "\n").encode()

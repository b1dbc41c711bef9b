"""A `tokenizer.json` with fewer tokens."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any


def with_tokens(values: Mapping[str, Any], tokens: Sequence[str]) -> dict[str, Any]:
    """Give a tokenizer of WordPiece with some of its tokens, by their new ids.

    Args:
        values: what the file holds.
        tokens: those that are kept, by id.

    >>> old = {"model": {"vocab": {"a": 0, "b": 1}}, "added_tokens": [{"content": "b", "id": 1}]}
    >>> with_tokens(old, ["b"])
    {'model': {'vocab': {'b': 0}}, 'added_tokens': [{'content': 'b', 'id': 0}]}
    """
    changed = deepcopy(dict(values))
    ids = {token: i for i, token in enumerate(tokens)}
    model = changed["model"]
    model["vocab"] = {token: i for token, i in ids.items() if token in model["vocab"]}
    added = changed.get("added_tokens") or []
    changed["added_tokens"] = [{**a, "id": ids[a["content"]]} for a in added if a["content"] in ids]
    _renumber(changed.get("post_processor"), ids)
    padding = changed.get("padding")
    if isinstance(padding, dict) and padding.get("pad_token") in ids:
        padding["pad_id"] = ids[padding["pad_token"]]
    return changed


def _renumber(processor: Any, ids: Mapping[str, int]) -> None:
    """Put the new ids of [CLS] and [SEP] into what puts them around a text."""
    if not isinstance(processor, dict):
        return
    for name in ("sep", "cls"):
        if isinstance(processor.get(name), list):
            token = processor[name][0]
            processor[name] = [token, ids[token]]
    for special in (processor.get("special_tokens") or {}).values():
        special["ids"] = [ids[token] for token in special["tokens"]]

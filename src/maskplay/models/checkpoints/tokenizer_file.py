"""The tokenizer of a folder with fewer tokens: `tokenizer.json` and `tokenizer_config.json`."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from maskplay.models.checkpoints.checkpoint_error import CheckpointError


def with_tokens(values: Mapping[str, Any], tokens: Sequence[str]) -> dict[str, Any]:
    """Give a tokenizer of WordPiece with some of its tokens, by their new ids.

    Args:
        values: what the file holds.
        tokens: those that are kept, by id; all of `named_tokens` among them.

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
    for processor in _processors(changed.get("post_processor")):
        _renumber(processor, ids)
    padding = changed.get("padding")
    if isinstance(padding, dict) and padding.get("pad_token") in ids:
        padding["pad_id"] = ids[padding["pad_token"]]
    return changed


def settings_with_tokens(values: Mapping[str, Any], tokens: Sequence[str]) -> dict[str, Any]:
    """Give a `tokenizer_config.json` with the new ids of its tokens; arguments as of `with_tokens`.

    >>> settings_with_tokens({"added_tokens_decoder": {"7": {"content": "b"}}}, ["a", "b"])
    {'added_tokens_decoder': {'1': {'content': 'b'}}}
    """
    changed = deepcopy(dict(values))
    ids = {token: i for i, token in enumerate(tokens)}
    decoder = changed.get("added_tokens_decoder")
    if isinstance(decoder, dict):
        found = {ids[a["content"]]: a for a in decoder.values() if a["content"] in ids}
        changed["added_tokens_decoder"] = {str(i): found[i] for i in sorted(found)}
    return changed


def named_tokens(tokenizer: Mapping[str, Any], *settings: Mapping[str, Any]) -> set[str]:
    """Give the tokens that the files of a tokenizer name: without them what is put around a text would be torn.

    Args:
        tokenizer: what `tokenizer.json` holds.
        *settings: what `tokenizer_config.json` and `special_tokens_map.json` hold.

    >>> sorted(named_tokens({"added_tokens": [{"content": "a"}]}, {"bos_token": "b", "model_max_length": 512}))
    ['a', 'b']
    """
    named = [added["content"] for added in tokenizer.get("added_tokens") or ()]
    for processor in _processors(tokenizer.get("post_processor")):
        named += [processor[name][0] for name in ("sep", "cls") if isinstance(processor.get(name), list)]
        for special in (processor.get("special_tokens") or {}).values():
            named += special["tokens"]
    for values in settings:
        decoder = values.get("added_tokens_decoder")
        named += [a["content"] for a in (decoder if isinstance(decoder, dict) else {}).values()]
        # Such a token that is not in the vocabulary would get an id beyond the table.
        named += [_content(value) for name, value in values.items() if name.endswith("_token")]
        named += [_content(value) for value in values.get("additional_special_tokens") or ()]
    return {name for name in named if isinstance(name, str)}


def _content(token: Any) -> Any:
    return token.get("content") if isinstance(token, dict) else token


def _processors(processor: Any) -> Iterator[dict[str, Any]]:
    """Give what puts [CLS] and [SEP] around a text, be it one or several in a row."""
    if isinstance(processor, dict):
        yield processor
        for part in processor.get("processors") or ():
            yield from _processors(part)


def _renumber(processor: dict[str, Any], ids: Mapping[str, int]) -> None:
    for name in ("sep", "cls"):
        if isinstance(processor.get(name), list):
            token = processor[name][0]
            processor[name] = [token, _id(token, ids)]
    for special in (processor.get("special_tokens") or {}).values():
        special["ids"] = [_id(token, ids) for token in special["tokens"]]


def _id(token: str, ids: Mapping[str, int]) -> int:
    if token not in ids:
        raise CheckpointError(
            f"tokenizer.json must have the tokens that its post_processor puts around a text. It lacks: {token!r}. Add "
            "it to the vocabulary, or take it out of post_processor."
        )
    return ids[token]

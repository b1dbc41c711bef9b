"""WordPiece, as BERT-family checkpoints cut text, with exact offsets."""

import json
from collections import Counter
from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np


class Subwords(NamedTuple):
    """One text as pieces of words.

    `ids`, int32 `(pieces,)`; `offsets`, int32 `(pieces, 2)`: each piece is `text[start:end]` of the caller's own
    string, in code points.
    """

    ids: np.ndarray
    offsets: np.ndarray


class SubwordTokenizer:
    """Cuts texts into the pieces that a checkpoint knows; needs the `tokenizers` library.

    Nothing is put around a text: `[CLS]` and `[SEP]` are the caller's to place, by `id_of`.

    Args:
        tokenizer: a `tokenizers.Tokenizer`.

    >>> tokenizer = SubwordTokenizer.from_tokens(["[PAD]", "[UNK]", "白", "云", "play", "##er"])
    >>> ids, offsets = tokenizer(" 白云 Player")
    >>> tokenizer.tokens_of(ids), offsets.tolist()
    (['白', '云', 'play', '##er'], [[1, 2], [2, 3], [4, 8], [8, 10]])
    """

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        tokenizer.no_padding()
        tokenizer.no_truncation()

    @classmethod
    def from_tokens(cls, tokens: Iterable[str], lowercase: bool = True) -> "SubwordTokenizer":
        """Make the WordPiece of BERT from its tokens in the order of their ids.

        Args:
            tokens: with "[UNK]" among them.
            lowercase: whether text is lowercased, and accents go.

        Raises:
            ValueError: A token is there twice, or there is no "[UNK]".
        """
        tokenizers = _library()
        ids: dict[str, int] = {}
        for token in tokens:
            if token in ids:
                raise ValueError(
                    f"Each token must be there once. Received: {token!r} as {ids[token]} and {len(ids)}"
                )
            ids[token] = len(ids)
        if "[UNK]" not in ids:
            raise ValueError(
                f'The tokens must have "[UNK]" among them. Received: {len(ids)} tokens without it'
            )
        tokenizer = tokenizers.Tokenizer(
            tokenizers.models.WordPiece(ids, unk_token="[UNK]", max_input_chars_per_word=100)
        )
        tokenizer.normalizer = tokenizers.normalizers.BertNormalizer(lowercase=lowercase)
        tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
        return cls(tokenizer)

    @classmethod
    def load(cls, folder: str | PathLike[str]) -> "SubwordTokenizer":
        """Read the tokenizer of a checkpoint's folder: `tokenizer.json`, or `vocab.txt`.

        With `vocab.txt` alone, `do_lower_case` of `tokenizer_config.json` counts, and True without it.

        Raises:
            FileNotFoundError: There is neither.
            ValueError: The file is damaged.
        """
        folder = Path(folder)
        whole, listed = folder / "tokenizer.json", folder / "vocab.txt"
        if whole.is_file():
            try:
                tokenizer = _library().Tokenizer.from_file(str(whole))
            except ImportError:
                raise
            except Exception as error:  # the library raises nothing more special
                raise ValueError(f"{whole} is no tokenizer that can be read: {error}") from error
            unknown = getattr(tokenizer.model, "unk_token", None)
            # The library would tell at the first text that needs it.
            if unknown is not None and tokenizer.token_to_id(unknown) is None:
                raise ValueError(
                    f"{whole} must have its unk_token in its vocabulary. It lacks: {unknown!r}. Get the file anew."
                )
            return cls(tokenizer)
        if not listed.is_file():
            raise FileNotFoundError(
                f"{folder} has no tokenizer.json and no vocab.txt. Copy one of them there."
            )
        lines = _read(listed).split("\n")
        tokens = [line.removesuffix("\r") for line in (lines[:-1] if lines[-1] == "" else lines)]
        lowercase = _lowercase(folder / "tokenizer_config.json")
        try:
            return cls.from_tokens(tokens, lowercase)
        except ValueError as error:
            raise ValueError(f"{listed} is damaged: {error}") from error

    def __call__(self, text: str) -> Subwords:
        """Cut a text."""
        encoded = self._tokenizer.encode(text, add_special_tokens=False)
        offsets = np.asarray(encoded.offsets, "int32").reshape(-1, 2)
        return Subwords(np.asarray(encoded.ids, "int32"), offsets)

    def __len__(self) -> int:
        return self._tokenizer.get_vocab_size()

    def id_of(self, token: str) -> int:
        """Give the id of a token, such as "[CLS]".

        Raises:
            KeyError: There is no such token.
        """
        found = self._tokenizer.token_to_id(token)
        if found is None:
            raise KeyError(f"The vocabulary has no token {token!r}.")
        return found

    def tokens_of(self, ids: Iterable[int]) -> list[str]:
        """Give the tokens of ids."""
        return [self._tokenizer.id_to_token(int(i)) for i in ids]

    def tokens_in(self, texts: Iterable[str], at_least: int = 1) -> list[str]:
        """Give the tokens that texts need, by falling number: what `maskplay.models.keep_tokens` keeps of a corpus.

        Args:
            texts: the corpus; it is read once and not kept.
            at_least: how often a token must occur.

        Raises:
            TypeError: The texts are one string, which would be read letter by letter.
        """
        if isinstance(texts, str | bytes):
            raise TypeError(
                f"texts must be a sequence of texts: pass [text] for one. Received: {texts!r:.60}"
            )
        counts: Counter[int] = Counter()
        for text in texts:
            counts.update(self._tokenizer.encode(text, add_special_tokens=False).ids)
        return self.tokens_of(i for i, count in counts.most_common() if count >= at_least)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{file} is damaged: it must be in UTF-8. {error}. Get the file anew.") from error


def _lowercase(file: Path) -> bool:
    """Tell whether a tokenizer's settings, where there are any, lowercase text."""
    if not file.is_file():
        return True
    text = _read(file)
    try:
        settings = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{file} is damaged: it must be JSON. {error}. Get the file anew.") from error
    found = settings.get("do_lower_case", True) if isinstance(settings, dict) else 0
    if not isinstance(found, bool | None):
        raise ValueError(f'{file} is damaged: "do_lower_case" must be true or false. Get the file anew.')
    return bool(found)


def _library() -> Any:
    try:
        import tokenizers
    except ImportError as error:
        raise ImportError(
            "WordPiece needs the tokenizers library: pip install 'maskplay[checkpoints]'."
        ) from error
    return tokenizers

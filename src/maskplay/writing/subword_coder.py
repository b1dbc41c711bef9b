"""The tokens of a checkpoint."""

import re
from pathlib import Path

import numpy as np

from maskplay.models.checkpoints.source import VOCABULARY_FILES
from maskplay.text import SubwordTokenizer, segment, word_of_character

_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_STOPS = ",;:!?."  # followed by a blank, where such a letter follows
# Between two of these there was a blank: letters and digits of scripts that have blanks.
_SPACED = re.compile(r"[^\W\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]")


class SubwordCoder:
    """WordPiece, as BERT's checkpoints have it.

    Args:
        tokenizer: with the tokens [PAD] (of id 0), [UNK], [CLS], [SEP] and [MASK].
        files: contents by name, to be saved with a writer.

    Raises:
        ValueError: One of these is missing.

    >>> tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "白", "云", "play", "##er", "one", ","]
    >>> coder = SubwordCoder(SubwordTokenizer.from_tokens(tokens), {})
    >>> coder.text(coder.ids("白云, player one"))
    '白云, player one'
    """

    kind = "subwords"

    def __init__(self, tokenizer: SubwordTokenizer, files: dict[str, bytes]) -> None:
        self.tokenizer, self._files = tokenizer, files
        try:
            pad, unknown, self.start, self.end, self.mask = map(tokenizer.id_of, _SPECIAL)
        except KeyError as error:
            raise ValueError(
                f"To write, a vocabulary must have {', '.join(_SPECIAL)}. {error.args[0]}"
            ) from None
        if pad != 0:
            raise ValueError(f"To write, the id of [PAD] must be 0. Received: {pad}")
        self.size = len(tokenizer)
        names = tokenizer.tokens_of(range(self.size))
        reserved = [i for i, name in enumerate(names) if re.fullmatch(r"\[unused\d+\]", name or "[unused0]")]
        self.never = tuple(sorted({pad, unknown, self.start, self.mask, *reserved}))

    @classmethod
    def load(cls, folder: Path) -> "SubwordCoder":
        """Read the vocabulary of a checkpoint's folder."""
        files = {name: (folder / name).read_bytes() for name in VOCABULARY_FILES if (folder / name).is_file()}
        return cls(SubwordTokenizer.load(folder), files)

    def save(self, folder: Path) -> None:
        """Write the files again."""
        for name, content in self._files.items():
            (folder / name).write_bytes(content)

    def folded(self, text: str) -> str:
        """Give the text as it is: what its tokens lose is no other text."""
        return text

    def ids(self, text: str) -> np.ndarray:
        """Give the pieces of words."""
        return self.tokenizer(text).ids

    def words(self, text: str) -> np.ndarray:
        """Give the word of each piece: that of its first character."""
        offsets = self.tokenizer(text).offsets
        if not len(offsets):
            return np.zeros(0, "int32")
        return word_of_character(segment(text))[offsets[:, 0]]

    def text(self, ids: np.ndarray) -> str:
        """Put pieces together: with a blank where scripts have one; none between Chinese characters."""
        text = ""
        for token in self.tokenizer.tokens_of(i for i in np.asarray(ids).tolist() if i not in self._special):
            piece = token.removeprefix("##")
            begins = not token.startswith("##") and _SPACED.match(piece[:1])
            blank = begins and text and (_SPACED.match(text[-1]) or text[-1] in _STOPS)
            text += f" {piece}" if blank else piece
        return text

    @property
    def _special(self) -> frozenset[int]:
        return frozenset({0, self.start, self.end, self.mask})

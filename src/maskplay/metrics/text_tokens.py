"""Texts as tokens, for ROUGE and BLEU."""

import re

_TOKEN = re.compile(
    "[\u2e80-\u2fdf\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
    r"|\w+|[^\w\s]"
)
_HAN = re.compile(
    "[\u2e80-\u2fdf\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
)


def text_tokens(text: str) -> list[str]:
    """Cut a text into tokens: each Chinese, Japanese or Korean character, each other word, each sign; in lower case.

    Blanks and ends of lines only separate.

    >>> text_tokens("Keras 3 很好，isn't it?")
    ['keras', '3', '很', '好', '，', 'isn', "'", 't', 'it', '?']
    """
    spaced = _HAN.sub(lambda found: f" {found[0]} ", text.lower())
    return _TOKEN.findall(spaced)

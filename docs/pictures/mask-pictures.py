"""The pictures of docs/masks.md: python docs/pictures/mask-pictures.py"""

from pathlib import Path

from maskplay import masks

WHO = ["<s>", "who", "may", "look", "at", "whom"]
ASKED = ["[CLS]", "how", "high", "[SEP]", "382", "metres", "[SEP]"]
PICTURES = {
    "bidirectional": (masks.bidirectional(6), WHO, "bidirectional: to understand"),
    "causal": (masks.causal(6), WHO, "causal: to write"),
    "permutation": (masks.permutation([0, 4, 2, 5, 1, 3]), WHO, "permutation: to write in another order"),
    "prefix": (masks.prefix([0, 0, 0, 0, 1, 1, 1]), ASKED, "prefix: to read, then to write"),
    "blank-filling": (
        masks.blank_filling([0, 0, 0, 0, 0, 1, 2, 2]),
        ["the", "[M]", "sat", "on", "[M]", "cat", "the", "mat"],
        "blank filling: blanks behind the text",
    ),
    "packed": (
        masks.packed([1, 1, 1, 1, 2, 2, 2, 2, 2]) & masks.prefix([0, 0, 1, 1, 0, 0, 0, 1, 1]),
        list("abABcdeCD"),
        "packed & prefix: two pairs in a row",
    ),
}

for name, (mask, tokens, title) in PICTURES.items():
    mask.save(Path(__file__).with_name(f"{name}.svg"), tokens, title=title)

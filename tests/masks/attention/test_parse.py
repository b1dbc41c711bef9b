# ruff: noqa: E501 (tables of errors)
"""Masks written as text: what is understood, what is refused and where."""

import pytest

from maskplay import masks
from maskplay.masks import MaskSyntaxError, parse

FORMS = {
    "bidirectional": masks.bidirectional(4),
    "causal": masks.causal(4),
    "causal()": masks.causal(4),
    "prefix(2)": masks.prefix([0, 0, 1, 1]),
    "prefix([0, 1, 0, 1])": masks.prefix([0, 1, 0, 1]),
    "window(1)": masks.sliding_window(4, 1),
    "window(2, 0)": masks.sliding_window(4, 2, 0),
    "packed(1, 3)": masks.packed([0, 1, 1, 1]),
    "packed([7, 7, 5, 5])": masks.packed([7, 7, 5, 5]),
    "padding(3)": masks.padding([True] * 3 + [False]),
    "padding([1, 0, 1, True])": masks.padding([True, False, True, True]),
    "permutation(3, 1, 0, 2)": masks.permutation([3, 1, 0, 2]),
    "permutation([3, 1, 0, 2])": masks.permutation([3, 1, 0, 2]),
    "blank_filling(0, 2, 0, 1)": masks.blank_filling([0, 2, 0, 1]),
    "ranked(-1, 0, 0, 2)": masks.ranked([-1, 0, 0, 2]),
    "~causal | window(0) & padding(2)": ~masks.causal(4)
    | (masks.sliding_window(4, 0) & masks.padding([True, True, False, False])),
    "  (~ causal\n |window(0)) &padding( 2 ) ": (~masks.causal(4) | masks.sliding_window(4, 0))
    & masks.padding([True, True, False, False]),
}


@pytest.mark.parametrize("text", FORMS)
def test_what_is_understood(text):
    assert parse(text, 4) == FORMS[text]


@pytest.mark.parametrize(
    ("text", "message", "marked"),
    [
        ("causal & windw(3)", "There is no mask called 'windw'. There are: bidirectional, ", "windw"),
        ("causal and prefix(2)", "Only masks, &, |, ~ and parentheses are understood", "causal and prefix(2)"),
        ("causal & 3", "Only masks, &", "3"),
        ("prefix(2) + causal", "Only masks, &", "prefix(2) + causal"),
        ("", "This is no expression of masks", ""),
        ("prefix()", "prefix takes the number of source positions, or a list of segment ids. Received: nothing", "prefix()"),
        ("causal & prefix(1, 2)", "prefix takes the number of source positions", "prefix(1, 2)"),
        ("causal(4)", "causal takes no argument, for the length is told beside the expression. Received: 4", "causal(4)"),
        ("window('a')", "An argument is a whole number, or a list of them", "'a'"),
        ("window(1.5)", "An argument is a whole number", "1.5"),
        ("window(-1)", "before must be at least 0. Received: -1", "window(-1)"),
        ("window([1])", "window takes one number, or two", "window([1])"),
        ("packed(1, 1)", "The documents of packed must fill 4 positions. Received: 2", "packed(1, 1)"),
        ("packed(4, 0)", "packed takes the lengths of the documents", "packed(4, 0)"),
        ("permutation(0, 1)", "permutation takes a number for each of the 4 positions. Received: 0, 1", "permutation(0, 1)"),
        ("permutation(0, 0, 1, 2)", "order must hold each position from 0 to 3 once", "permutation(0, 0, 1, 2)"),
        ("prefix([[0]])", "This must be a whole number", "[0]"),
        ("window(before=1)", "Arguments are given without names", "1"),
        ("__import__('os').system('true')", "Only masks, &", "__import__('os').system('true')"),
        ("causal.__class__", "Only masks, &", "causal.__class__"),
        ("causal & 窗口(3)", "There is no mask called '窗口'", "窗口"),
        ("ranked(99999999999, 0, 0, 0)", "ranks must be from -1073741823 to 1073741823", "ranked(99999999999, 0, 0, 0)"),
    ],
)  # fmt: skip
def test_what_is_refused_and_where(text, message, marked):
    with pytest.raises(MaskSyntaxError) as caught:
        parse(text, 4)
    said, shown, pointer = str(caught.value).split("\n")
    assert message in said
    assert shown == f"  {text}"
    width = sum(2 if ord(character) > 0x2E80 else 1 for character in marked)
    before = text.index(marked) if marked else 0
    assert pointer == "  " + " " * before + "^" * max(1, width)


@pytest.mark.parametrize(
    "text", ["~" * 9000 + "causal", "(" * 300 + "causal" + ")" * 300, "causal" * 2000, "\0"]
)
def test_what_would_break_a_parser_is_refused(text):
    with pytest.raises(MaskSyntaxError):
        parse(text, 4)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("packed([1, 1, 2", "A bracket is not closed"),
        ("((causal)", "A bracket is not closed"),
        ("causal & (", "A bracket is not closed"),
        ("causal &", "A mask is missing"),
        ("causal | ~", "A mask is missing"),
    ],
)
def test_what_is_missing_at_the_end(text, message):
    with pytest.raises(MaskSyntaxError) as caught:
        parse(text, 4)
    said, _, pointer = str(caught.value).split("\n")
    assert said.startswith(message)
    assert pointer == "  " + " " * len(text) + "^"

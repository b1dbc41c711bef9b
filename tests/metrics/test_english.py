"""English tokens in the Treebank's manner: each rule once, then the ways they meet."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maskplay.metrics import english_words


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", ""),
        ("   ", ""),
        ("new york\tcity", "new|york|city"),
        # brackets, symbols and marks stand alone
        ("(a)[b]{c}<d>", "(|a|)|[|b|]|{|c|}|<|d|>"),
        ("a;b@c#d$e%f&g?h!", "a|;|b|@|c|#|d|$|e|%|f|&|g|?|h|!"),
        ("1936–37—8", "1936|–|37|—|8"),
        # commas and colons stand alone unless a digit follows
        ("a,b: c", "a|,|b|:|c"),
        ("1,000 10:30 a,", "1,000|10:30|a|,"),
        # the last full stop alone, others not; closers may follow it
        ("3.14 u.s.a f.c.", "3.14|u.s.a|f.c|."),
        ("(the end.)", "(|the|end|.|)"),
        (".net", ".net"),
        (".", "."),
        ("so...well..", "so|...|well|.."),
        # a full stop before a blank closes a sentence, but not after an initial, a number, an abbreviation
        ("one ends. two ends.", "one|ends|.|two|ends|."),
        ("henry a. walsh", "henry|a.|walsh"),
        ("1. fc köln", "1.|fc|köln"),
        ("the u.s. women's team", "the|u.s.|women|'s|team"),
        ("mr. smith", "mr.|smith"),
        # double quotes open or close
        ('"a" ("b")', "``|a|''|(|``|b|''|)"),
        ("''a''", "''|a|''"),
        ('x"y', "x|''|y"),
        ('""', "``|``"),
        # single quotes and clitics
        ("'quoted'", "'|quoted|'"),
        ("dogs' bone", "dogs|'|bone"),
        ("lloyd's", "lloyd|'s"),
        ("i'm we'd they'll you've can't", "i|'m|we|'d|they|'ll|you|'ve|ca|n't"),
        ("o'brien", "o'brien"),
        # contractions
        ("cannot gonna gotta gimme lemme", "can|not|gon|na|got|ta|gim|me|lem|me"),
        ("wanna go", "wan|na|go"),
        ("d'ye more'n", "d|'ye|more|'n"),
        # the listed marks of one script do not close a run of another
        ("ω「force", "ω「force"),
        ("ムービー", "ムービー"),
        ("c#visual basic .net", "c|#|visual|basic|.net"),
    ],
)
def test_tokens(text, tokens):
    assert "|".join(english_words(text)) == tokens


@settings(deadline=None)
@given(st.text(max_size=40))
def test_never_fails_nor_loses_a_letter(text):
    found = english_words(text)
    assert all(found)
    letters = [character for character in text if character.isalnum()]
    assert [character for character in "".join(found) if character.isalnum()] == letters

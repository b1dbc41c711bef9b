"""Masks written as text."""

import ast
import unicodedata
from collections.abc import Callable
from typing import Any

from maskplay.masks import makers
from maskplay.masks.attention_mask import AttentionMask
from maskplay.masks.makers.checks import checked_length

_LONGEST = 10_000  # characters
_NOTHING = "no argument, for the length is told beside the expression"


class MaskSyntaxError(ValueError):
    """A text that is no mask; its message points at the place."""


def parse(text: str, length: int) -> AttentionMask:
    """Make a mask of an expression, as the command line takes it. Nothing is run that the text says.

    Args:
        text: masks, composed with `&`, `|`, `~` and parentheses: `bidirectional`, `causal`, `prefix(4)` (four of
            source) or `prefix([0, 0, 1])` (segment ids), `window(3)` or `window(3, 0)` (before, after),
            `packed(3, 4)` (lengths of documents) or `packed([1, 1, 2])`, `padding(5)` (the first five are tokens) or
            `padding([1, 1, 0])`, `permutation(2, 0, 1)`, `blank_filling(0, 0, 1, 1)`, `ranked(0, 0, 1, 2)`.
        length: positions of queries and keys.

    Raises:
        MaskSyntaxError: The text is no mask; the message points at the place.

    >>> parse("prefix(2) & padding(3)", length=4)
    <AttentionMask prefix(2) & padding(3), 4 queries x 4 keys>
    >>> parse("causal & windw(3)", length=4)
    Traceback (most recent call last):
    maskplay.masks.parse.MaskSyntaxError: There is no mask called 'windw'. There are: bidirectional, ...
      causal & windw(3)
               ^^^^^
    """
    return _Parser(text, length).mask()


class _Parser:
    def __init__(self, text: str, length: int) -> None:
        self._text = " ".join(text.split())  # one line, so that a place is a column
        self._length = length
        self._known: dict[str, Callable[..., AttentionMask]] = {
            "bidirectional": self._bidirectional,
            "blank_filling": self._blank_filling,
            "causal": self._causal,
            "packed": self._packed,
            "padding": self._padding,
            "permutation": self._permutation,
            "prefix": self._prefix,
            "ranked": self._ranked,
            "window": self._window,
        }

    def mask(self) -> AttentionMask:
        if len(self._text) > _LONGEST:
            raise MaskSyntaxError(f"The expression is longer than {_LONGEST:,} characters.")
        try:
            return self._value(ast.parse(self._text, mode="eval").body)
        except SyntaxError as error:
            if self._text.count("(") > self._text.count(")") or self._text.count("[") > self._text.count("]"):
                raise self._error("A bracket is not closed", len(self._text), len(self._text)) from None
            if self._text.endswith(("&", "|", "~")):
                raise self._error("A mask is missing", len(self._text), len(self._text)) from None
            start = max(0, (error.offset or 1) - 1)
            raise self._error("This is no expression of masks", start, start + 1) from None
        except (RecursionError, MemoryError):
            raise MaskSyntaxError("The expression is nested too deeply.") from None
        except ValueError as error:
            if isinstance(error, MaskSyntaxError):
                raise
            raise MaskSyntaxError(f"This is no expression of masks: {error}") from None  # NUL, for instance

    def _value(self, node: ast.expr) -> AttentionMask:
        match node:
            case ast.BinOp(left, ast.BitAnd(), right):
                return self._value(left) & self._value(right)
            case ast.BinOp(left, ast.BitOr(), right):
                return self._value(left) | self._value(right)
            case ast.UnaryOp(ast.Invert(), operand):
                return ~self._value(operand)
            case ast.Name(name):
                return self._made(name, node, [], node)
            case ast.Call(ast.Name(name) as called, arguments, []):
                return self._made(name, called, [self._argument(one) for one in arguments], node)
            case ast.Call(ast.Name(), _, keywords):
                raise self._at(keywords[0].value, "Arguments are given without names")
        raise self._at(node, "Only masks, &, |, ~ and parentheses are understood")

    def _argument(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(bool() | int() as value):
                return int(value)
            case ast.UnaryOp(ast.USub(), ast.Constant(int() as value)):
                return -value
            case ast.List(elements) | ast.Tuple(elements):
                return [self._number(one) for one in elements]
        raise self._at(node, "An argument is a whole number, or a list of them")

    def _number(self, node: ast.expr) -> int:
        number = self._argument(node)
        if isinstance(number, list):
            raise self._at(node, "This must be a whole number")
        return int(number)

    def _made(self, name: str, called: ast.expr, arguments: list[Any], node: ast.expr) -> AttentionMask:
        if name not in self._known:
            raise self._at(called, f"There is no mask called {name!r}. There are: {', '.join(self._known)}")
        try:
            return self._known[name](*arguments)
        except (TypeError, ValueError) as error:
            raise self._at(node, str(error).rstrip(".")) from None

    # ---- the masks, with the arguments that a text gives them

    def _bidirectional(self, *none: int) -> AttentionMask:
        self._count("bidirectional", none, _NOTHING, not none)
        return makers.bidirectional(self._length)

    def _causal(self, *none: int) -> AttentionMask:
        self._count("causal", none, _NOTHING, not none)
        return makers.causal(self._length)

    def _prefix(self, *source: Any) -> AttentionMask:
        fits = len(source) == 1
        self._count("prefix", source, "the number of source positions, or a list of segment ids", fits)
        if isinstance(source[0], list):
            return makers.prefix(self._each("prefix", source[0]))
        return makers.prefix_from_lengths(self._share("prefix", source[0]), self._length)

    def _window(self, *reach: Any) -> AttentionMask:
        fits = len(reach) in (1, 2) and all(isinstance(one, int) for one in reach)
        self._count("window", reach, "one number, or two: how far it sees before and after", fits)
        return makers.sliding_window(self._length, *reach)

    def _packed(self, *documents: Any) -> AttentionMask:
        if len(documents) == 1 and isinstance(documents[0], list):
            return makers.packed(self._each("packed", documents[0]))
        fits = len(documents) > 0 and all(isinstance(one, int) and one > 0 for one in documents)
        self._count("packed", documents, "the lengths of the documents, or a list of document ids", fits)
        checked_length(self._length, "length")  # before there are arrays of it
        if sum(documents) != self._length:
            raise ValueError(
                f"The documents of packed must fill {self._length} positions. Received: {sum(documents)}"
            )
        return makers.packed([i for i, count in enumerate(documents) for _ in range(count)])

    def _padding(self, *tokens: Any) -> AttentionMask:
        self._count("padding", tokens, "the number of tokens, or a list of 0 and 1", len(tokens) == 1)
        if isinstance(tokens[0], list):
            self._count("padding", tokens[0], "a list of 0 and 1", set(tokens[0]) <= {0, 1})
            return makers.padding([bool(one) for one in self._each("padding", tokens[0])])
        return makers.padding_from_lengths(self._share("padding", tokens[0]), self._length)

    def _permutation(self, *order: Any) -> AttentionMask:
        return makers.permutation(self._each("permutation", order))

    def _blank_filling(self, *blanks: Any) -> AttentionMask:
        return makers.blank_filling(self._each("blank_filling", blanks))

    def _ranked(self, *ranks: Any) -> AttentionMask:
        return makers.ranked(self._each("ranked", ranks))

    def _each(self, name: str, numbers: Any) -> list[int]:
        """Give one number for each position, written as arguments or as a list."""
        if len(numbers) == 1 and isinstance(numbers[0], list):
            numbers = numbers[0]
        fits = len(numbers) == self._length and all(isinstance(one, int) for one in numbers)
        self._count(name, numbers, f"a number for each of the {self._length} positions", fits)
        return list(numbers)

    def _share(self, name: str, count: int) -> int:
        """Require a number of the positions."""
        self._count(name, [count], f"from 0 to all {self._length} positions", 0 <= count <= self._length)
        return count

    def _count(self, name: str, received: Any, wanted: str, fits: bool) -> None:
        """Require that the arguments fit."""
        if not fits:
            given = ", ".join(map(str, received)) or "nothing"
            raise ValueError(f"{name} takes {wanted}. Received: {given}")

    # ---- places

    def _at(self, node: ast.expr, message: str) -> MaskSyntaxError:
        # The columns of a syntax tree count bytes.
        encoded = self._text.encode("utf-8")
        start, end = (len(encoded[:i].decode("utf-8")) for i in (node.col_offset, node.end_col_offset or 0))
        return self._error(message, start, end)

    def _error(self, message: str, start: int, end: int) -> MaskSyntaxError:
        indent = " " * _columns(self._text[:start])
        mark = "^" * max(1, _columns(self._text[start:end]))
        return MaskSyntaxError(f"{message}.\n  {self._text}\n  {indent}{mark}")


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)

"""The length that an expression of masks tells by itself."""

import ast


def told_length(text: str) -> int | None:
    """Say how many positions an expression is of, if one of its masks says it; None where none does, or it is no mask.

    Args:
        text: as for `parse`.

    >>> told_length("packed(3, 4) & causal"), told_length("~padding([1, 1, 0])")
    (7, 3)
    >>> told_length("prefix(4) & window(3)") is None
    True
    """
    try:
        tree = ast.parse(" ".join(text.split()), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None  # parse says what is wrong, and where
    lengths = (_length(node) for node in ast.walk(tree) if isinstance(node, ast.Call))
    return next((length for length in lengths if length), None)


def _length(call: ast.Call) -> int | None:
    match call:
        case ast.Call(args=[ast.List(listed) | ast.Tuple(listed)]):
            return len(listed)
        case ast.Call(func=ast.Name("permutation" | "blank_filling" | "ranked"), args=numbers):
            return len(numbers)
        case ast.Call(func=ast.Name("packed"), args=documents):
            counts = [one.value for one in documents if isinstance(one, ast.Constant)]
            return sum(count for count in counts if isinstance(count, int))
    return None

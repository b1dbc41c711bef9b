"""What a broken JSON text still holds, and where in it the break is."""

import json
import re

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}:,]', re.DOTALL)


def salvage(text: str, error: json.JSONDecodeError) -> tuple[str | None, str]:
    """Close the text after the last complete object or list before the error.

    Returns:
        Valid JSON, or None if nothing was complete; and the JSON path of the value that is broken.
    """
    if error.msg == "Extra data":
        return text[: error.pos], "the text behind the first value"
    places: list[list[str | int]] = []  # per open bracket: [closing bracket, key or index]
    kept: tuple[int, str] | None = None
    last = ""
    for match in _TOKEN.finditer(text, 0, error.pos):
        token = match.group()
        if token == "{":
            places.append(["}", ""])
        elif token == "[":
            places.append(["]", 0])
        elif token in "]}":
            if not places:
                break
            places.pop()
            if places:
                kept = match.end(), "".join(str(place[0]) for place in reversed(places))
        elif token == ":" and places:
            places[-1][1] = last
        elif token == "," and places and isinstance(places[-1][1], int):
            places[-1][1] += 1
        last = token
    path = "$" + "".join(_step(place[1]) for place in places)
    return (None if kept is None else text[: kept[0]] + kept[1]), path


def _step(place: str | int) -> str:
    if isinstance(place, int):
        return f"[{place}]"
    name = place.strip('"')[:30]
    return f".{name}" if name else ""

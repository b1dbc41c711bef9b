"""Bytes -> text, naming each byte that is not UTF-8."""

import codecs

from maskplay.datasets._notes import Notes

_MOST_NOTES = 100
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def decode(content: bytes, notes: Notes) -> str:
    """Decode UTF-8 (with or without a byte order mark) or marked UTF-16; refuse or replace the rest."""
    if content[:2] in _UTF16:
        try:
            text = content.decode(_UTF16[content[:2]])
        except UnicodeDecodeError as error:
            raise notes.refuse("encoding", f"byte {error.start}", "marked as UTF-16, but broken") from None
        notes.add("encoding", "byte 0", "UTF-16", repair="read as such")
        return text
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if notes.strict:
            where, detail = _place(content, error)
            hint = (
                "it looks like GB18030; `doctor --repair` or `repair` converts it"
                if _is_chinese(content)
                else "see `doctor`"
            )
            raise notes.refuse("encoding", where, f"{detail}: not UTF-8 ({hint})") from None
    if _is_chinese(content):
        notes.add("encoding", "byte 0", "GB18030", repair="read as such")
        return content.decode("gb18030")
    return _replace(content, notes)


def _is_chinese(content: bytes) -> bool:
    """Tell a file in GB18030 from a UTF-8 file with a few broken bytes."""
    broken = content.decode("utf-8", "replace").count("\ufffd")
    try:
        content.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return broken * 10 > len(content)


def _replace(content: bytes, notes: Notes) -> str:
    """Replace what is not UTF-8 by U+FFFD, with a note per place."""
    pieces, count = [], 0
    rest = memoryview(content)[3 if content.startswith(codecs.BOM_UTF8) else 0 :]
    lines = 1
    done = len(content) - len(rest)
    while len(rest):
        try:
            pieces.append(str(rest, "utf-8"))
            break
        except UnicodeDecodeError as error:
            count += 1
            pieces.append(str(rest[: error.start], "utf-8") + "\ufffd")
            lines += pieces[-1].count("\n")
            if count <= _MOST_NOTES:
                detail = f"byte 0x{content[done + error.start]:02x}"
                notes.add(
                    "encoding", f"line {lines}, byte {done + error.start}", detail, repair="replaced by �"
                )
            done += error.end
            rest = rest[error.end :]
    if count > _MOST_NOTES:
        notes.add("encoding", "further on", f"{count - _MOST_NOTES} more bytes", repair="replaced by �")
    return "".join(pieces)


def _place(content: bytes, error: UnicodeDecodeError) -> tuple[str, str]:
    start = error.start + (3 if content.startswith(codecs.BOM_UTF8) else 0)
    line = content.count(b"\n", 0, start) + 1
    return f"line {line}, byte {start}", f"byte 0x{content[start]:02x}"

"""Files are written whole or not at all, and take the place of files only."""

import errno
import os
import stat
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from maskplay._files import write_whole, written_whole, written_whole_folder


def test_what_was_there_stays_where_writing_fails(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")

    def fail() -> None:
        with written_whole(tmp_path / "a") as unfinished:
            unfinished.write_text("new")
            raise OSError("full")

    with pytest.raises(OSError, match="full"):
        fail()
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_text() == "old"


def test_a_full_disk_is_told_with_what_did_not_fit(tmp_path: Path) -> None:
    def fail(written: Callable[[Path], AbstractContextManager[Path]]) -> None:
        with written(tmp_path / "a"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    for written in (written_whole, written_whole_folder):
        with pytest.raises(OSError, match=r"No space left on device: .*/a'"):
            fail(written)
    assert list(tmp_path.iterdir()) == []


def test_who_may_read_a_file_is_what_the_user_set(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        write_whole(tmp_path / "mine", b"1")
        os.umask(0o022)
        write_whole(tmp_path / "ours", b"1")
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "mine").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "ours").stat().st_mode) == 0o644


def test_a_device_is_written_to_and_stays_one(tmp_path: Path) -> None:
    read, write = os.pipe()
    try:
        (tmp_path / "out").symlink_to(f"/dev/fd/{write}")
        write_whole(tmp_path / "out", b"answers")
        assert os.read(read, 100) == b"answers"
        assert (tmp_path / "out").is_symlink()
    finally:
        os.close(read)
        os.close(write)


def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a").write_text("old")
    (tmp_path / "a").symlink_to(tmp_path / "files" / "a")
    write_whole(tmp_path / "a", b"new")
    (tmp_path / "folder").symlink_to(tmp_path / "files")
    with written_whole_folder(tmp_path / "folder") as unfinished:
        (unfinished / "b").write_text("2")
        assert (tmp_path / "folder" / "a").read_text() == "new"
    assert (tmp_path / "a").is_symlink()
    assert (tmp_path / "folder").is_symlink()
    assert [path.name for path in (tmp_path / "files").iterdir()] == ["b"]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"No such file or directory: .*/no'"):
        write_whole(tmp_path / "no" / "a", b"1")


def test_an_error_names_the_wanted_file_where_no_temporary_one_can_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(**_: object) -> None:
        raise PermissionError(13, "Permission denied", str(tmp_path / ".x.svg.kwn4d406.svg"))

    monkeypatch.setattr("tempfile.mkstemp", refused)
    with pytest.raises(PermissionError) as caught:
        write_whole(tmp_path / "x.svg", b"")
    assert caught.value.filename == str(tmp_path / "x.svg")

"""Compiled programs are kept between commands, for compiling takes longer than most of what people ask for."""

import hashlib
import os
import platform
from pathlib import Path


def keep_compiled_programs() -> None:
    """Let JAX keep what it compiles in the user's cache folder, if nobody has said anything about that.

    Must come before JAX is imported. `JAX_ENABLE_COMPILATION_CACHE=false` turns it off, `JAX_COMPILATION_CACHE_DIR`
    names another folder; where none can be made, nothing is kept.
    """
    if "JAX_COMPILATION_CACHE_DIR" in os.environ:
        return
    try:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "maskplay" / _machine()
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # the latter where there is no home
        return
    os.environ["JAX_COMPILATION_CACHE_DIR"] = str(folder)
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.1")


def _machine() -> str:
    """Name this kind of processor: a program for another one may not run here, and home folders are shared."""
    kind = platform.machine() + platform.processor()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    kind += "".join(sorted({line for line in lines if line.startswith(("model name", "flags", "Features"))}))
    return "compiled-" + hashlib.sha256(kind.encode()).hexdigest()[:12]

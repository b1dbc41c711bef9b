"""Strings and files need no deep-learning library."""

import subprocess
import sys

HEAVY = "keras jax torch tensorflow scipy gensim rjieba opencc matplotlib safetensors"


def test_text_and_datasets_import_nothing_heavy():
    code = (
        f"import sys, maskplay.text, maskplay.datasets; print(*(set('{HEAVY}'.split()) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""

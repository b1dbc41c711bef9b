"""Statistics and tests are NumPy: nothing heavy is imported until it is used."""

import json
import subprocess
import sys

from maskplay.analysis import hsic


def test_statistics_import_neither_keras_nor_scipy_nor_matplotlib() -> None:
    program = """
import json, sys
from maskplay.analysis import hsic
hsic.independence_test([0.0, 1.0, 2.0, 4.0, 3.0], [0.0, 1.0, 2.0, 4.0, 3.5], permutations=19)
print(json.dumps(list(sys.modules)))
"""
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=300
    )
    assert not {"keras", "jax", "torch", "tensorflow", "scipy", "matplotlib", "pandas"} & set(
        json.loads(run.stdout)
    )


def test_names_are_listed_in_order_and_found() -> None:
    assert hsic.__all__ == sorted(hsic.__all__)
    assert set(hsic.__all__) <= set(dir(hsic))
    assert all(getattr(hsic, name) is not None for name in hsic.__all__)

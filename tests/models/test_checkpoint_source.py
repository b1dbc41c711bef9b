"""Where a checkpoint is looked for."""

import pytest

from maskplay.models import load_checkpoint


def test_a_hub_that_gives_nothing(monkeypatch):
    hub = pytest.importorskip("huggingface_hub")

    def unreachable(*arguments, **options):
        raise FileNotFoundError("Got: ConnectError: no such name\nand more")

    monkeypatch.setattr(hub, "snapshot_download", unreachable)
    with pytest.raises(FileNotFoundError, match=r"no folder bert, and the .* hub gave no .*: no such name$"):
        load_checkpoint("bert")

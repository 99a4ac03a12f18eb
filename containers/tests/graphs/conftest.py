"""One traced toy for all tests of this folder: tracing takes ten seconds."""

from pathlib import Path

import pytest

from tests.graphs.toys import write_model, write_toy_graph


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with `model/` and its graph in `fp32/`."""
    root = tmp_path_factory.mktemp("graphs")
    write_toy_graph(write_model(root / "model"), root / "fp32")
    return root

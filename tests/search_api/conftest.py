"""Fixtures are named for the state they give: an index with three documents, a client of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from indexer.engine import open_engine
from search_api.app import create_app
from search_api.settings import Settings
from tests.indexer.documents import abuse, spanish, supply


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    engine = open_engine(settings.index)
    engine.add([abuse(), supply(), spanish()])
    engine.close()
    with TestClient(create_app(settings), base_url="http://localhost") as opened:
        yield opened

"""What every door works on: the index, the ledger, the originals and the settings."""

from dataclasses import dataclass
from importlib.metadata import version

from indexer.engine import Engine, open_engine
from indexer.ledger import Ledger
from indexer.originals import Originals
from search_api.settings import Settings


@dataclass(frozen=True, slots=True)
class Service:
    """The opened parts of one installation; `version` is that of the product."""

    engine: Engine
    ledger: Ledger
    originals: Originals
    settings: Settings
    version: str

    def close(self) -> None:
        """Releases files and connections."""
        self.engine.close()
        self.ledger.close()


def open_service(settings: Settings) -> Service:
    """The parts that the settings name.

    Raises EngineUnavailable, IndexVersionMismatch, LedgerUnavailable, or ValueError for a URL that
    no engine serves.
    """
    return Service(
        engine=open_engine(settings.index),
        ledger=Ledger(settings.ledger),
        originals=Originals(settings.originals),
        settings=settings,
        version=version("abuse-evidence"),
    )

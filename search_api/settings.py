"""Every setting, its default and what it is for; read from the environment once, at the door."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings of the product. Each is an environment variable with the prefix `EVIDENCE_`."""

    model_config = SettingsConfigDict(env_prefix="EVIDENCE_", frozen=True, extra="forbid")

    home: Path = Field(
        default=Path(".evidence"),
        description="Folder that holds index, ledger and originals unless they are set apart.",
    )
    index_url: str = Field(
        default="", description="The index: sqlite:///PATH. Default: index.sqlite in the home."
    )
    ledger_url: str = Field(
        default="",
        description="The ledger, a SQLAlchemy URL such as sqlite:///PATH. "
        "Default: ledger.sqlite in the home.",
    )
    originals_url: str = Field(
        default="",
        description="Where originals are kept, an fsspec URL or folder. "
        "Default: originals in the home.",
    )
    host: str = Field(default="127.0.0.1", description="Address that `serve` listens on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port that `serve` listens on.")
    allowed_hosts: str = Field(
        default="",
        description="Names, with commas, that others call this server by; * for any. "
        "localhost and the address it listens on are always allowed.",
    )
    show_victims: bool = Field(
        default=False,
        description="Whether an application may ask for the names of victims to be shown.",
    )
    workers: int = Field(
        default=0, ge=0, description="Processes that load documents; 0 for one a processor."
    )
    file_timeout: float = Field(
        default=300.0,
        gt=0,
        description="Seconds a worker may take over one file; six times that over a PDF.",
    )
    max_parties: int = Field(
        default=100, ge=1, description="Parties in one application; more are refused, not cut."
    )

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names that a request may call this server by."""
        own = () if self.host in ("0.0.0.0", "::") else (self.host,)
        given = tuple(h.strip() for h in self.allowed_hosts.split(",") if h.strip())
        return ("localhost", "127.0.0.1", *own, *given)

    @property
    def index(self) -> str:
        """The URL of the index."""
        return self.index_url or f"sqlite:///{self.home.resolve() / 'index.sqlite'}"

    @property
    def ledger(self) -> str:
        """The URL of the ledger."""
        return self.ledger_url or f"sqlite:///{self.home.resolve() / 'ledger.sqlite'}"

    @property
    def originals(self) -> str:
        """The URL of the originals."""
        return self.originals_url or str(self.home.resolve() / "originals")

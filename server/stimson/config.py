"""All settings in one table: name, default, one sentence.

The environment is read here and nowhere else, once, by `read_config`; everything
below the command line receives a `Config` value. Tests build one directly.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from .errors import StimsonError

PREFIX = "STIMSON_"
_STORE = Path(".stimson")


def _setting(default: Any, doc: str) -> Any:
    return field(default=default, metadata={"doc": doc})


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting, with its default. `STIMSON_<NAME>` in the environment overrides one."""

    store: Path = _setting(_STORE, "Folder that holds the built snapshots.")
    sources: str = _setting("", "Folder of source texts to compare quotations with.")
    host: str = _setting("127.0.0.1", "Address the server listens on.")
    port: int = _setting(8000, "Port the server listens on; PORT is honoured too.")
    public_url: str = _setting("", "URL the public sees, where a proxy stands in front.")
    web_workers: int = _setting(1, "Web processes; each holds the snapshot once.")
    web_threads: int = _setting(16, "Requests one web process handles at once.")
    query_workers: int = _setting(2, "Query processes of one web process: queries at once.")
    queue: int = _setting(32, "Queries of one web process that may wait for a worker.")
    timeout: float = _setting(20.0, "Seconds a query may run.")
    queue_timeout: float = _setting(10.0, "Seconds a query may wait for a free worker.")
    memory_mb: int = _setting(1024, "MiB a query may use beyond the loaded data.")
    result_mb: int = _setting(256, "MiB a result may have.")
    query_kb: int = _setting(1024, "KiB a query may have.")

    @property
    def sources_folder(self) -> Path | None:
        """The folder of source texts, where one is set."""
        return Path(self.sources) if self.sources else None


def environment_name(name: str) -> str:
    """Name the environment variable of a setting."""
    return f"{PREFIX}{name.upper()}"


def read_config(environment: Mapping[str, str] = os.environ) -> Config:
    """Read the settings from `environment`, or raise `StimsonError` naming a bad one."""
    values: dict[str, Any] = {}
    if "PORT" in environment:
        values["port"] = _read("PORT", environment["PORT"], int)
    for setting in fields(Config):
        name = environment_name(setting.name)
        if environment.get(name):
            kind = type(setting.default)
            values[setting.name] = _read(name, environment[name], kind)
    return Config(**values)


def _read(name: str, text: str, kind: type) -> Any:
    try:
        return kind(text)
    except ValueError as fault:
        raise StimsonError(f"{name}={text!r}: expected {kind.__name__}") from fault

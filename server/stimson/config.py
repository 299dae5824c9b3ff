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
from .networks import read_networks

PREFIX = "STIMSON_"
_STORE = Path(".stimson")
UNION, DEFAULT = "union", "default"
NATIVE, LISTED = "native", "listed"
AUTO, JSON, TEXT, OFF = "auto", "json", "text", "off"
_CHOICES = {"default_graph": (UNION, DEFAULT), "log": (AUTO, JSON, TEXT, OFF)}
_FLAGS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


def _setting(default: Any, doc: str, *, is_secret: bool = False) -> Any:
    return field(default=default, repr=not is_secret, metadata={"doc": doc})


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting, with its default. `STIMSON_<NAME>` in the environment overrides one."""

    project: str = _setting("", "Project folder, instead of the working folder.")
    store: Path = _setting(
        _STORE, "Folder of the built snapshots; in the project folder by default."
    )
    sources: str = _setting("", "Folder of source texts to compare quotations with.")
    wikidata: str = _setting("", "File made by `stimson wikidata pull`, to be included in builds.")
    wikidata_contact: str = _setting(
        "", "Mail address or web page by which Wikidata can reach you."
    )
    host: str = _setting("127.0.0.1", "Address the server listens on.")
    port: int = _setting(8000, "Port the server listens on; PORT is read too.")
    public_url: str = _setting("", "Public URL of the site, if it is behind a proxy.")
    web_workers: int = _setting(1, "Web processes; each loads the snapshot once.")
    web_threads: int = _setting(16, "Pages that one web process renders at the same time.")
    query_workers: int = _setting(
        4, "Query workers of one web process: queries that run at the same time."
    )
    queue: int = _setting(32, "Queries of one web process that may wait for a worker.")
    connections: int = _setting(1024, "Largest number of open connections of one web process.")
    timeout: float = _setting(20.0, "Seconds a query may run.")
    queue_timeout: float = _setting(10.0, "Seconds a query may wait for a free worker.")
    memory_mb: int = _setting(1024, "MiB of memory a query may use beyond the loaded data.")
    result_mb: int = _setting(256, "Largest size of a result in MiB.")
    result_rows: int = _setting(0, "Largest number of rows or triples in a result; 0 for no limit.")
    query_kb: int = _setting(1024, "Largest size of a query in KiB.")
    header_kb: int = _setting(128, "Largest size of the header section of a request in KiB.")
    receive_timeout: float = _setting(
        10.0, "Seconds in which the header section of a request must arrive, and then its body."
    )
    send_timeout: float = _setting(
        30.0, "Seconds a client may stop reading a large response before it is disconnected."
    )
    client_connections: int = _setting(256, "Open connections of one client; 0 for no limit.")
    client_requests: int = _setting(
        16, "Requests of one client that are handled at the same time; 0 for no limit."
    )
    client_rate: float = _setting(
        0.0, "Requests per second that one client may send; 0 for no limit."
    )
    client_burst: int = _setting(
        60, "Requests that one client may send in a burst above that rate."
    )
    trusted_proxies: str = _setting(
        "", "Proxies that are trusted to name the client's address (CIDR)."
    )
    client_header: str = _setting("X-Forwarded-For", "Header in which they name it.")
    cache_mb: int = _setting(64, "Size of one web process's response cache in MiB; 0 for none.")
    default_graph: str = _setting(
        UNION, f"Default graph of queries without FROM: {UNION} (of all graphs) or {DEFAULT}."
    )
    engine: str = _setting(
        "", "URL of a SPARQL endpoint to use instead of the built-in engine.", is_secret=True
    )
    engine_user: str = _setting("", "User name for that endpoint.")
    engine_password: str = _setting("", "Password for it.", is_secret=True)
    engine_token: str = _setting("", "Bearer token for it, instead of both.", is_secret=True)
    engine_union: str = _setting(
        NATIVE,
        f"How it gives the union of all graphs: {NATIVE} (its default graph is the union), "
        f"{LISTED} (each request names them), or request parameters such as a=b&c=d.",
    )
    graph_store: str = _setting(
        "",
        "URL `stimson release load` writes to; by default derived from the engine's.",
        is_secret=True,
    )
    validate_kb: int = _setting(1024, "Largest size of a contribution sent to /validate in KiB.")
    validate_timeout: float = _setting(20.0, "Seconds the validation of a contribution may take.")
    validate_workers: int = _setting(
        1, "Contributions that one web process validates at the same time."
    )
    stop_delay: float = _setting(
        0.0, "Seconds for which new requests are still accepted when the server is told to stop."
    )
    stop_timeout: float = _setting(
        30.0, "Seconds after that in which requests under way are finished."
    )
    log: str = _setting(
        "auto",
        "Access log on standard error: json, text, off, or auto (text on a terminal, else json).",
    )
    log_queries: bool = _setting(False, "Whether the log contains the text of queries.")
    log_addresses: bool = _setting(False, "Whether the log contains client addresses.")
    slow_request: float = _setting(
        5.0, "Seconds from which a request is logged as a warning; 0 for never."
    )
    metrics: str = _setting(
        "127.0.0.0/8,::1/128", "Networks that /metrics is served to (CIDR), or off."
    )
    metrics_folder: str = _setting(
        "", "Folder in which several web processes share their metrics; created if missing."
    )

    @property
    def is_union(self) -> bool:
        """Tell whether the default graph is the union of all graphs."""
        return self.default_graph == UNION

    @property
    def sources_folder(self) -> Path | None:
        """The folder of source texts, where one is set."""
        return Path(self.sources) if self.sources else None

    @property
    def wikidata_file(self) -> Path | None:
        """The file of what Wikidata says, where one is set."""
        return Path(self.wikidata) if self.wikidata else None


def environment_name(name: str) -> str:
    """Name the environment variable of a setting."""
    return f"{PREFIX}{name.upper()}"


def read_config(environment: Mapping[str, str] = os.environ, home: Path = Path()) -> Config:
    """Read the settings from `environment`, or raise `StimsonError` naming a bad one.

    `home` is the folder of the project, where snapshots are kept if no other is named.
    """
    values: dict[str, Any] = {"store": home / _STORE}
    if "PORT" in environment:
        values["port"] = _read("PORT", environment["PORT"], int)
    for setting in fields(Config):
        name = environment_name(setting.name)
        if environment.get(name):
            kind = type(setting.default)
            values[setting.name] = _read(name, environment[name], kind)
    config = Config(**values)
    for name, choices in _CHOICES.items():
        if (value := getattr(config, name)) not in choices:
            raise StimsonError(f"{environment_name(name)}={value!r}: expected {_either(choices)}")
    read_networks(environment_name("trusted_proxies"), config.trusted_proxies)
    if config.metrics != OFF:
        read_networks(environment_name("metrics"), config.metrics)
    return config


def _read(name: str, text: str, kind: type) -> Any:
    try:
        return _FLAGS[text.lower()] if kind is bool else kind(text)
    except KeyError as fault:
        raise StimsonError(f"{name}={text!r}: expected {_either(tuple(_FLAGS))}") from fault
    except ValueError as fault:
        raise StimsonError(f"{name}={text!r}: expected {kind.__name__}") from fault


def _either(choices: tuple[str, ...]) -> str:
    return f"{', '.join(choices[:-1])} or {choices[-1]}"

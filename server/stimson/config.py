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

    project: str = _setting("", "Folder of the project, in place of the working folder.")
    store: Path = _setting(_STORE, "Folder that holds the built snapshots, in that of the project.")
    sources: str = _setting("", "Folder of source texts to compare quotations with.")
    wikidata: str = _setting("", "File of `stimson wikidata pull` that a build takes in.")
    wikidata_contact: str = _setting("", "Mail address or web page that Wikidata may write to.")
    host: str = _setting("127.0.0.1", "Address the server listens on.")
    port: int = _setting(8000, "Port the server listens on; PORT is honoured too.")
    public_url: str = _setting("", "URL the public sees, where a proxy stands in front.")
    web_workers: int = _setting(1, "Web processes; each holds the snapshot once.")
    web_threads: int = _setting(16, "Pages one web process makes at once.")
    query_workers: int = _setting(4, "Query processes of one web process: queries at once.")
    queue: int = _setting(32, "Queries of one web process that may wait for a worker.")
    connections: int = _setting(1024, "Connections one web process holds open at once.")
    timeout: float = _setting(20.0, "Seconds a query may run.")
    queue_timeout: float = _setting(10.0, "Seconds a query may wait for a free worker.")
    memory_mb: int = _setting(1024, "MiB a query may use beyond the loaded data.")
    result_mb: int = _setting(256, "MiB a result may have.")
    result_rows: int = _setting(0, "Rows or triples a result may have; 0 for any number.")
    query_kb: int = _setting(1024, "KiB a query may have.")
    header_kb: int = _setting(128, "KiB the head of a request may have.")
    receive_timeout: float = _setting(
        10.0, "Seconds the head of a request may take, then its body."
    )
    send_timeout: float = _setting(30.0, "Seconds a client may take nothing of a large answer.")
    client_connections: int = _setting(
        256, "Connections one client holds open at once; 0 for any number."
    )
    client_requests: int = _setting(16, "Requests of one client at once; 0 for any number.")
    client_rate: float = _setting(0.0, "Requests a second one client may send; 0 for any number.")
    client_burst: int = _setting(60, "Requests a client may send at once before the rate counts.")
    trusted_proxies: str = _setting("", "Proxies whose word is taken for who the client is (CIDR).")
    client_header: str = _setting("X-Forwarded-For", "Header in which they say it.")
    cache_mb: int = _setting(64, "MiB of answers one web process keeps; 0 for none.")
    default_graph: str = _setting(
        UNION, f"What a query without FROM runs over: {UNION} (of all graphs) or {DEFAULT}."
    )
    engine: str = _setting(
        "", "URL of a SPARQL endpoint to ask instead of the built-in engine.", is_secret=True
    )
    engine_user: str = _setting("", "User name for that endpoint.")
    engine_password: str = _setting("", "Password for it.", is_secret=True)
    engine_token: str = _setting("", "Bearer token for it, in place of both.", is_secret=True)
    engine_union: str = _setting(
        NATIVE,
        f"How it is asked for the union of all graphs: {NATIVE} (its own default graph is that), "
        f"{LISTED} (they are named in each request), or parameters such as a=b&c=d.",
    )
    graph_store: str = _setting(
        "", "URL `stimson release load` writes to; empty: worked out.", is_secret=True
    )
    validate_kb: int = _setting(1024, "KiB a contribution sent to be checked may have.")
    validate_timeout: float = _setting(20.0, "Seconds a contribution may take to check.")
    validate_workers: int = _setting(1, "Contributions one web process checks at once.")
    stop_delay: float = _setting(
        0.0, "Seconds that requests are still taken when the server is told to stop."
    )
    stop_timeout: float = _setting(30.0, "Seconds in which those are then to be answered.")
    log: str = _setting(
        "auto", "Requests on standard error: json, text, off, or auto (text on a terminal)."
    )
    log_queries: bool = _setting(False, "Whether the log shows the text of queries.")
    log_addresses: bool = _setting(False, "Whether the log shows who asked.")
    slow_request: float = _setting(5.0, "Seconds from which on a request is a warning; 0 for none.")
    metrics: str = _setting("127.0.0.0/8,::1/128", "Who may read /metrics (CIDR), or off.")
    metrics_folder: str = _setting(
        "", "Folder in which several web processes add up their metrics; made if need be."
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

"""The rules for w3id.org send every kind of name to the right path of the server.

They are read and applied here, and by Apache itself where it is installed.
"""

import http.client
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urljoin, urlsplit

import pytest

from http_fixtures import site as site
from http_fixtures import store as store
from ports import free_port
from waiting import PATIENCE, wait_for

FOLDER = Path(__file__).parents[1] / "docs" / "w3id" / "stimson"
RULES = (FOLDER / ".htaccess").read_text(encoding="utf-8")
SERVER = "https://stimson.example.org"
APACHE = shutil.which("apache2", path="/usr/sbin:/usr/bin:/bin") or shutil.which("httpd")
MODULES = ("mpm_event", "authz_core", "dir", "rewrite", "unixd")
NAMES = [
    "",
    "id/state/arcadia",
    "id/state/arcadia.ttl",
    "id/person/a.b-c",
    "id/state/%D1%96",
    "vocabulary/recognises",
    "ontology",
    "ontology/act",
    "ontology/1.0.0",
    "ontology/act/1.0.0",
    "shapes",
    "rule/derived-stance",
    "queries/seals",
    "graph/data/actors/states",
    "graph/data/actors/two%20words",
    "mappings/states",
    "dataset",
    "dataset/0123456789abcdef",
    "problems/not-found",
    "describe?iri=https%3A%2F%2Fw3id.org%2Fstimson%2Fontology%23Act&format=ttl",
    "sparql?query=ASK%20%7B%7D",
    ".well-known/void",
]


def directives():
    lines = [line.split() for line in RULES.splitlines() if line and not line.startswith("#")]
    return [(name, arguments) for name, *arguments in lines]


def apply(path):
    """Do with a path below the folder what mod_rewrite does: (status, address)."""
    name, _, query = path.partition("?")
    for pattern, target, flags in (rest for kind, rest in directives() if kind == "RewriteRule"):
        if match := re.search(pattern, name):
            address = re.sub(r"\$(\d)", lambda found: match[int(found[1])], target)
            status = int(re.search(r"R=(\d+)", flags)[1])
            return status, f"{address}?{query}" if query else address
    return 404, None


@pytest.mark.parametrize("name", NAMES)
def test_a_name_leads_to_the_same_path_of_the_server(name):
    assert apply(name) == (303, f"{SERVER}/{name}")


def test_the_server_is_named_once_and_by_https():
    rules = [rest for kind, rest in directives() if kind == "RewriteRule"]
    assert RULES.count("//stimson.example.org") == len(rules) == 1
    assert all(target.startswith("https://") for _, target, _ in rules)


def test_the_rules_are_such_as_w3id_takes():
    """https://docs.w3id.org/rules/"""
    assert [kind for kind, _ in directives()] == ["RewriteEngine", "RewriteRule"]
    assert directives()[0][1] == ["on"]
    assert not [rest for kind, rest in directives() if kind == "RewriteRule" and len(rest) != 3]
    assert RULES.endswith("\n")
    assert not re.search(r"[ \t]+$|\r", RULES, re.MULTILINE)
    assert {path.name for path in FOLDER.iterdir()} == {".htaccess", "README.md"}


@contextmanager
def apache(server: str = SERVER) -> Iterator[int]:
    """Run Apache as w3id.org does: the rules lie in a folder below its root."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # Apache gives up the rights of root
        with _running(folder, server) as port:
            yield port


@contextmanager
def _running(folder: Path, server: str) -> Iterator[int]:
    port = free_port()
    place = folder / "htdocs" / "stimson"
    place.mkdir(parents=True)
    (place / ".htaccess").write_text(RULES.replace(SERVER, server), encoding="utf-8")
    installed = Path(APACHE).resolve().parents[1] / "lib" / "apache2" / "modules"
    loaded = [
        f"LoadModule {name}_module {installed / f'mod_{name}.so'}"
        for name in MODULES
        if (installed / f"mod_{name}.so").exists()
    ]
    (folder / "httpd.conf").write_text(
        "\n".join(
            (
                f"ServerRoot {folder}",
                "ServerName 127.0.0.1",
                f"Listen 127.0.0.1:{port}",
                f"PidFile {folder / 'pid'}",
                f"DefaultRuntimeDir {folder}",
                f"ErrorLog {folder / 'errors'}",
                *loaded,
                "<IfModule unixd_module>",
                "User nobody",
                "Group #65534",
                "</IfModule>",
                f"DocumentRoot {folder / 'htdocs'}",
                f"<Directory {folder / 'htdocs'}>",
                "AllowOverride All",
                "Options FollowSymLinks",
                "Require all granted",
                "</Directory>",
            )
        ),
        encoding="utf-8",
    )
    command = [APACHE, "-f", str(folder / "httpd.conf"), "-DFOREGROUND"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            _await(process, port)
            yield port
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _await(process, port):
    def listens():
        if process.poll() is not None:
            pytest.fail(process.stderr.read())
        try:
            return ask(port, "/")
        except ConnectionError:
            return None

    wait_for(listens)


def ask(port, path, host="127.0.0.1", **headers):
    connection = http.client.HTTPConnection(host, port, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers=headers)
        reply = connection.getresponse()
        reply.read()
        return reply.status, reply.headers
    finally:
        connection.close()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Apache with the rules as they are."""
    if APACHE is None:
        pytest.skip("Apache is not installed")
    with apache() as port:
        yield port


@pytest.mark.parametrize("name", NAMES)
def test_apache_sends_a_name_to_the_same_path(port, name):
    status, headers = ask(port, f"/stimson/{name}", Accept="text/turtle")
    location = re.sub("%..", lambda code: code[0].upper(), headers["Location"])
    assert (status, location) == (303, f"{SERVER}/{name}")


@pytest.mark.skipif(APACHE is None, reason="Apache is not installed")
@pytest.mark.parametrize(
    ("name", "accept", "kind"),
    [
        ("id/state/arcadia", "text/turtle", "text/turtle; charset=utf-8"),
        ("id/state/arcadia", "text/html", "text/html; charset=utf-8"),
        ("id/state/arcadia.nq", "*/*", "application/n-quads"),
        ("graph/one", "application/trig", "application/trig"),
        ("shapes", "application/rdf+xml", "application/rdf+xml"),
        ("queries/seals", "text/html", "text/html; charset=utf-8"),
        ("dataset", "text/turtle", "text/turtle; charset=utf-8"),
    ],
)
def test_a_name_is_answered_by_way_of_apache(site, name, accept, kind):
    with apache(site.url) as port:
        address, hops = f"http://127.0.0.1:{port}/stimson/{name}", 0
        while True:
            parts = urlsplit(address)
            path = address.removeprefix(f"{parts.scheme}://{parts.netloc}")
            status, headers = ask(parts.port, path, parts.hostname, Accept=accept)
            if status != 303:
                break
            address, hops = urljoin(address, headers["Location"]), hops + 1
    assert (status, headers["Content-Type"]) == (200, kind)
    assert hops <= 2

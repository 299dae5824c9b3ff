"""Search, as its users meet it: pages, JSON, the command line; with words of every kind."""

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from http_fixtures import ID, LABEL, ONE, ST, TYPE, Site, running, serving, write_snapshot
from stimson.search.word_forms import LENGTH
from test_web_pages import Page

ROOT = Path(__file__).parents[1]
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
INDEX = "search.sqlite"
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def store() -> Path:
    """The store of this repository, built."""
    command = [sys.executable, "-m", "stimson", "build"]  # nothing to do after `make build`
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    return ROOT / ".stimson"


@pytest.fixture(scope="module")
def site(store: Path) -> Iterator[Site]:
    """The graph of this repository, served."""
    with running(store) as found:
        yield found


def ask(site: Site, q: str, **more: object) -> dict:
    """Search, and read the JSON."""
    reply = site.request(f"/search.json?{urlencode({'q': q, **more})}")
    assert reply.status == 200, reply.text
    assert reply.type == "application/json"
    return reply.json


def first(site: Site, q: str, **more: object) -> str:
    """Name what comes first."""
    return ask(site, q, **more)["results"][0]["id"]


def look(site: Site, path: str) -> Page:
    """Open a page as a browser does."""
    reply = site.request(path, Accept=BROWSER)
    assert reply.type == "text/html; charset=utf-8", reply.text
    return Page(reply.text)


@pytest.mark.parametrize(
    ("words", "thing"),
    [
        *((name, "place:lyman") for name in ("Lyman", "Лиман", "Liman", "LYMAN", "  lyman. ")),
        *((name, "place:luhansk") for name in ("Luhansk", "Lugansk", "Луганськ", "Луганск")),
        *((name, "territory:luhansk-oblast") for name in ("Lugansk region", "Луганська область")),
        ("Belhorivka", "place:bilohorivka"),
        ("Bilohorivka", "place:bilohorivka"),
        ("Зеленский", "person:volodymyr-zelensky"),
        ("Zelenskyy", "person:volodymyr-zelensky"),
        ("zelensky volodymyr", "person:volodymyr-zelensky"),
        ("Украина", "state:ukraine"),
        ("Ukr", "state:ukraine"),
        ("cote divoire", "state:cote-divoire"),
        ("UA-65", "territory:kherson-oblast"),
        ("ua-65", "territory:kherson-oblast"),
        ("Q212", "state:ukraine"),
        ("UKR", "state:ukraine"),
        ("A/RES/68/262", "act:a-res-68-262"),
        ("resolution 68/262", "act:a-res-68-262"),
        ("vote:a-res-68-262-albania", "vote:a-res-68-262-albania"),
        (f"{ID}state/france", "state:france"),
        ("st:Stance", "st:Stance"),
        ("A headline, a bullet or a lead against the body", "queries/headline-against-body"),
    ],
)
def test_a_thing_is_found_by_its_names_in_any_spelling_and_by_its_codes(site, words, thing):
    assert first(site, words).removeprefix("https://w3id.org/stimson/") == thing


@pytest.mark.parametrize(
    ("words", "kind", "text"),
    [
        ("we will never recognize", "statement", "We will not—indeed, we will never—recognize"),
        ("we will never recognise annexation", "quotation", "annexation of Ukrainian territory"),
        ("never recognise purported annexation", "act", "never recogni"),
        ("fraudulent attempt today annex", "act", "fraudulent attempt today to annex"),
        ("writer calls officials pro-Russian", "statement", "pro-Russian"),
        ("never recognized", "stance", "recognize"),
    ],
)
def test_words_that_are_said_or_quoted_lead_to_who_says_them(site, words, kind, text):
    found = ask(site, words, kind=kind)["results"]

    assert any(text in f"{each['title']} {(each['excerpt'] or {}).get('text')}" for each in found)


def test_a_claim_is_found_by_its_label_and_a_saved_question_by_its_question(site):
    assert first(site, "Lyman is Ukraine's", kind="claim").startswith("claim:")
    question = ask(site, "many regions", kind="query")["results"][0]
    assert question["page"].startswith("/queries/")
    assert site.request(question["page"], Accept=BROWSER).status == 200


def test_what_people_look_for_comes_before_records_of_it(site):
    kinds = [each["kind"] for each in ask(site, "Ukraine", count=100)["results"]]
    found = ask(site, "Belhorivka")["results"]

    assert kinds[0] == "state"
    assert "mention" not in kinds
    assert [each["kind"] for each in found][-1] == "mention"


def test_json_says_how_many_of_which_kind_and_where_the_words_stand(site):
    found = ask(site, "Belhorivka")

    assert found["total"] == sum(each["count"] for each in found["kinds"]) > 1
    assert {"kind": "place", "label": "places", "count": 1} in found["kinds"]
    best = found["results"][0]
    assert best["page"] == "/id/place/bilohorivka.html"
    assert best["type"] == "settlement"
    assert best["excerpt"]["property"] == "name as printed"
    assert best["excerpt"]["matches"] == ["Belhorivka"]


def test_the_same_is_said_by_accept(site):
    asked = f"/search?{urlencode({'q': 'Lyman'})}"

    assert site.request(asked, Accept="application/json").json == ask(site, "Lyman")
    assert site.request(asked, Accept="text/html").type.startswith("text/html")
    assert "Accept" in site.request(asked).headers["Vary"]
    assert site.request(asked, Accept="image/png").status == 406


def test_the_page_has_links_for_each_kind_and_marks_what_was_found(site):
    page = look(site, "/search?q=Luhansk")
    links = {link["href"] for link in page.all("a")}

    assert {"/id/place/luhansk.html", "/search?q=Luhansk&kind=claim"} <= links
    assert page.all("mark")
    assert not page.all("script")
    [box] = page.all("input")
    assert (box["name"], box["value"], box["type"]) == ("q", "Luhansk", "search")
    for kind in ask(site, "Luhansk")["kinds"]:
        narrowed = look(site, f"/search?q=Luhansk&kind={kind['kind']}")
        assert f"{kind['count']} {kind['label']}" in narrowed.text
        assert sum("aria-current" in link for link in narrowed.all("a")) == 1


def test_pages_have_addresses_and_hold_each_thing_once(site):
    total = ask(site, "Luhansk")["total"]
    seen = []
    for page in range(1, -(-total // 50) + 1):
        seen += [each["iri"] for each in ask(site, "Luhansk", page=page, count=50)["results"]]

    assert len(seen) == len(set(seen)) == total
    text = look(site, "/search?q=Luhansk&page=2")
    links = {link.get("rel"): link["href"] for link in text.all("a")}
    assert links["next"] == "/search?q=Luhansk&page=3"
    assert links["prev"] == "/search?q=Luhansk&page=1"


def test_very_many_things_come_in_pages_too(site):
    total = ask(site, "resolution", kind="vote")["total"] + ask(site, "a", kind="vote")["total"]
    seen: list[str] = []
    pages = ask(site, "a", count=100)["pages"]
    assert total > 3000, "else these are ranked one by one"
    for page in (1, 2, pages - 1, pages):
        seen += [each["iri"] for each in ask(site, "a", page=page, count=100)["results"]]
    assert len(seen) == len(set(seen))


def test_without_words_it_says_what_can_be_searched_and_lists_kinds(site):
    page = look(site, "/search")
    links = [link["href"] for link in page.all("a")]

    assert "Лиман" in page.text
    assert "/search?kind=place" in links
    assert site.request("/search.json").json["total"] == 0
    listed = site.request("/search.json?kind=source&count=2").json
    assert listed["total"] > 2
    titles = [each["title"] for each in listed["results"]]
    assert titles == sorted(titles, key=str.casefold)
    assert "All sources" in look(site, "/search?kind=source").text


def test_every_example_and_every_hit_leads_somewhere(site):
    for path in ("/search", "/search?q=Lugansk", "/search?q=ontology"):
        for link in look(site, path).all("a"):
            if link["href"].startswith("/"):
                assert site.request(link["href"], Accept=BROWSER).status == 200, link


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("Lumansk", "luhansk"),
        ("blinkin recognize", "blinken recognize"),
        ("Zelensgy", "zelensky"),
    ],
)
def test_what_is_not_found_is_guessed_at(site, words, meant):
    found = ask(site, words)

    assert (found["total"], found["results"]) == (0, [])
    assert meant in found["did_you_mean"]
    page = look(site, f"/search?{urlencode({'q': words})}")
    assert f"Did you mean {meant}" in page.text
    assert f"/search?{urlencode({'q': meant})}" in {link["href"] for link in page.all("a")}


def test_words_that_nothing_has_together_are_counted_alone(site):
    found = ask(site, "Kyiv Blinken Abkhazia")

    assert found["total"] == 0
    assert all(each["count"] for each in found["words"])
    assert "Each word alone" in look(site, "/search?q=Kyiv+Blinken+Abkhazia").text


def test_none_of_a_kind_is_told_from_none_at_all(site):
    assert "other kinds of things do" in look(site, "/search?q=Blinken&kind=state").text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("q=a&kind=plaice", "Did you mean place?"),
        ("q=a&kind=places", "Did you mean place?"),
        ("q=a&kind=%3Cscript%3E", "There is no kind"),
        ("q=a&page=0", "page must be a number from 1"),
        ("q=a&page=x", "page must be a number from 1"),
        ("q=a&page=-1", "page must be a number from 1"),
        ("q=a&count=101", "count must be a number from 1 to 100"),
        ("q=a&q=b", "Send one q"),
        ("q=a&typ=place", "no parameter 'typ'"),
        ("q=%FF", "UTF-8"),
        (f"q={'a' * (LENGTH + 1)}", f"{LENGTH} characters"),
        (f"q={'%20'.join(f'w{n}' for n in range(200))}", "64 different words"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(site, query, words):
    for path in ("/search.json", "/search"):
        reply = site.request(f"{path}?{query}")
        assert (reply.status, reply.type) == (400, "application/problem+json")
        assert words in reply.json["detail"]
    page = site.request(f"/search?{query}", Accept=BROWSER)
    assert page.type.startswith("text/html")
    assert "<script>" not in page.text


def test_a_page_that_is_not_there_is_not_found(site):
    reply = site.request("/search.json?q=Belhorivka&page=2")

    assert reply.status == 404
    assert "the last is 1" in reply.json["detail"]


HOSTILE = [
    '"',
    "'",
    '"" ""',
    "*",
    "a*",
    "^a",
    "names : a",
    "{names texts} : a",
    "- names : a",
    "NEAR(a b, 2)",
    "a AND OR NOT b",
    "a + b",
    "(((((",
    "'; DROP TABLE word; --",
    "\x00",
    "a\x00b",
    "\u202eשלום\u202c",  # noqa: RUF001
    "שלום عربي",
    "\ufeff\u200b",
    "\U0001f1fa\U0001f1e6",
    "½ Ⅻ ﷽",
    "ﬁ ŀ ǅ ẞ",
    "a\u0301\u0301\u0301" * 50,
    "%",
    "_",
    "\\",
    "\ud83d".encode("utf-8", "replace").decode(),
    SCRIPT,
    "' onclick='alert(1)",
    "中文 日本語 한국어",
    "0" * 900,
    "ь ъ",
    "a b c d e f g h i j k l m n o p q r s t u v w x y z",
    "the of and",
    "кind0region kind0region",
    "p s w",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_whatever_is_typed_is_text(site, words):
    for path in ("/search", "/search.json"):
        reply = site.request(f"{path}?q={quote(words, safe='')}", Accept=BROWSER)
        assert reply.status == 200, reply.text
    page = Page(site.request(f"/search?q={quote(words, safe='')}", Accept=BROWSER).text)
    assert not page.all("script")
    assert not [name for _, attributes in page.elements for name in attributes if name[:2] == "on"]


def test_a_hundred_kilobytes_are_refused_and_the_server_goes_on(site):
    for words in ("a" * 100_000, "a " * 50_000, "%22" * 33_000, "%D0%B0" * 16_000):
        assert site.request(f"/search?q={words.replace(' ', '+')}").status in (400, 414, 431)
    assert site.request("/healthz").status == 200


def test_each_page_has_the_box_and_browsers_are_told_of_it(site):
    for path in ("/", "/queries", "/sparql", "/nowhere"):
        page = look(site, path)
        [form] = [form for form in page.all("form") if form.get("role") == "search"]
        assert (form["action"], form["method"]) == ("/search", "get")
        [link] = [each for each in page.all("link") if each.get("rel") == "search"]
        assert link["href"] == "/opensearch.xml"
    reply = site.request("/opensearch.xml")
    assert reply.type == "application/opensearchdescription+xml"
    space = "{http://a9.com/-/spec/opensearch/1.1/}"
    templates = [url.get("template") for url in ET.fromstring(reply.body).iter(f"{space}Url")]
    assert templates[0].startswith(f"{site.url}/search?q={{searchTerms}}")
    filled = templates[1].replace("{searchTerms}", "Lyman")
    filled = filled.replace("{count?}", "").replace("{startPage?}", "").removeprefix(site.url)
    assert site.request(filled).json["total"] > 1


def test_an_answer_has_a_tag(site):
    for path in ("/search?q=Lyman", "/search.json?q=Lyman"):
        tag = site.request(path).headers["ETag"]
        assert site.request(path, If_None_Match=tag).status == 304
        assert site.request(f"{path}&count=5").headers["ETag"] != tag


QUADS = f"""\
<{ID}state/arcadia> <{LABEL}> "Arcadia"@en <{ONE}> .
<{ID}state/arcadia> <{TYPE}> <{ST}State> <{ONE}> .
<{ID}stance/bold> <{LABEL}> "{SCRIPT} of Arcadia"@en <{ONE}> .
<{ID}stance/bold> <{ST}gist> "Arcadia says & writes {SCRIPT}"@en <{ONE}> .
<http://example.org/a?b=c&d> <http://xmlns.com/foaf/0.1/name> "Somebody else" <{ONE}> .
_:b <{LABEL}> "nameless" <{ONE}> .
<http://example.org/untyped> <http://example.org/says> "whatever" <{ONE}> .
<{ID}state/big> <{LABEL}> "{"word " * 9000}" <{ONE}> .
"""


def test_a_snapshot_without_an_index_is_searched_all_the_same(tmp_path):
    dataset = write_snapshot(tmp_path, QUADS)
    with running(tmp_path) as site:
        assert first(site, "ARCÁDIA") == "state:arcadia"
        assert first(site, "somebody") == "http://example.org/a?b=c&d"
        [link] = [a for a in look(site, "/search?q=somebody").all("a") if "describe" in a["href"]]
        assert site.request(link["href"], Accept=BROWSER).status == 200
        assert first(site, "whatever") == "http://example.org/untyped"
        assert ask(site, "nameless")["total"] == 0
    assert sorted(path.name for path in dataset.parent.iterdir()) == ["dataset.nq", "manifest.json"]


def test_nothing_is_left_of_an_index_that_was_made_to_serve(tmp_path, monkeypatch):
    write_snapshot(tmp_path / "store", QUADS)
    (temporary := tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    with running(tmp_path / "store") as site:
        assert ask(site, "Arcadia")["total"] == 2
        assert list(temporary.rglob(INDEX))
    assert not list(temporary.rglob(INDEX))


def test_what_is_found_is_escaped(tmp_path):
    write_snapshot(tmp_path, QUADS)
    with running(tmp_path) as site:
        for words in ("Arcadia", "alert", "script"):
            reply = site.request(f"/search?q={words}", Accept=BROWSER)
            assert "<script" not in reply.text
            assert "&lt;" in reply.text
            assert len(reply.body) < 20_000


@pytest.mark.parametrize("content", [b"", b"nonsense", None])
def test_an_index_of_something_else_is_not_used(tmp_path, store, content):
    folder = write_snapshot(tmp_path, QUADS).parent
    current = store / (store / "current").read_text().strip() / INDEX
    (folder / INDEX).write_bytes(current.read_bytes() if content is None else content)
    with running(tmp_path) as site:
        assert first(site, "Arcadia") == "state:arcadia"
        assert ask(site, "Lyman")["total"] == 0


def test_somebody_s_files_are_searched(tmp_path):
    file = tmp_path / "own.ttl"
    file.write_text(
        f'<http://example.org/x> <{LABEL}> "Xanadu", "Ксанаду"@ru .',
        encoding="utf-8",
    )
    with serving(str(file)) as site:
        assert first(site, "ксанаду") == "http://example.org/x"
        assert ask(site, "Xanadu")["kinds"] == [
            {"kind": "thing", "label": "other things", "count": 1}
        ]
        assert ask(site, "vote")["total"] == 0  # the saved questions are about another graph


def names_in(folder: Path) -> list[str]:
    """List the files of the one snapshot in a store."""
    [snapshot] = [path for path in folder.iterdir() if path.is_dir()]
    return sorted(path.name for path in snapshot.iterdir())


def test_a_build_writes_the_index_which_the_snapshot_s_name_does_not_depend_on(project, work):
    build = ("build", "--store", "store")
    assert work(*build).returncode == 0
    name = (project.store / "current").read_text()
    assert names_in(project.store) == ["dataset.nq", "manifest.json", INDEX]
    (project.store / name.strip() / INDEX).unlink()
    assert "is up to date" in work(*build).stdout
    assert (project.store / "current").read_text() == name
    assert names_in(project.store) == ["dataset.nq", "manifest.json", INDEX]


def command(store: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    return subprocess.run(
        [sys.executable, "-m", "stimson", "search", "--store", str(store), *words],
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        check=False,
    )


def test_the_command_line_finds_the_same(site, store):
    table = command(store, "Lugansk", "region")
    assert table.returncode == 0
    assert "territory:luhansk-oblast" in table.stdout.splitlines()[3]
    assert "found" in table.stderr
    written = json.loads(command(store, "Лиман", "--format", "json", "--kind", "place").stdout)
    served = ask(site, "Лиман", kind="place")
    assert [each.pop("page") for each in served["results"]] == ["/id/place/lyman.html"]
    assert written == served


def test_the_command_line_says_what_is_wrong_and_what_may_be_meant(store):
    unknown = command(store, "Lyman", "--kind", "plaice")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert "Did you mean place?" in unknown.stderr
    nothing = command(store, "Lumansk")
    assert (nothing.returncode, nothing.stdout) == (0, "")
    assert "Did you mean luhansk" in nothing.stderr
    assert "the last is" in command(store, "Belhorivka", "--page", "9").stderr
    assert command(store, "\udcff").returncode == 0
    assert command(store).returncode == 2

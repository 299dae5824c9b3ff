"""``/validate`` as contributors meet it: RDF in, a report out, over a real server."""

import json
import re
import xml.etree.ElementTree as ET
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest
from flask import Flask

from http_fixtures import running
from http_fixtures import store as store
from stimson.web.sparql.uploads import read_form

TURTLE = "text/turtle"
FORM = "application/x-www-form-urlencoded"
PREFIXES = """\
@prefix citation: <https://w3id.org/stimson/id/citation/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix st: <https://w3id.org/stimson/ontology#> .
@prefix state: <https://w3id.org/stimson/id/state/> .

"""
GOOD = f"""{PREFIXES}state:arcadia a st:State ;
    rdfs:label "Arcadia"@en , "Аркадія"@uk ;
    dcterms:source citation:cldr .
"""
# Line 9: nobody knows this citation.
BAD = GOOD.replace("citation:cldr", "citation:cdlr")
UNDEFINED = "https://w3id.org/stimson/rule/undefined-reference"
SYNTAX = "https://w3id.org/stimson/rule/syntax"
LITERAL = "https://w3id.org/stimson/rule/literal"
TYPES = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/trig": ox.RdfFormat.TRIG,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/n-quads": ox.RdfFormat.N_QUADS,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}


@pytest.fixture(scope="module")
def site(store):
    """A server with a small limit for what is sent."""
    with running(store, validate_kb="64", validate_timeout="15") as running_site:
        yield running_site


def post(site, body, path="/validate", **headers):
    """Send a contribution as the body of a POST."""
    headers.setdefault("Content_Type", TURTLE)
    return site.request(path, body=body if isinstance(body, bytes) else body.encode(), **headers)


def findings(reply):
    """Read the findings of a JSON report."""
    assert reply.status == 200, reply.text
    return reply.json["findings"]


def the_finding(reply):
    """Read the only finding of a JSON report."""
    (finding,) = findings(reply)
    return finding


def place(finding):
    return finding["file"], finding["line"], finding["column"]


def written(form):
    """Write the contribution with a fault in another format."""
    quads = list(ox.parse(BAD, format=ox.RdfFormat.TURTLE))
    if form.supports_datasets:
        graph = ox.NamedNode("http://example.org/graph")
        quads = [ox.Quad(each.subject, each.predicate, each.object, graph) for each in quads]
        return ox.serialize(quads, format=form)
    return ox.serialize([each.triple for each in quads], format=form)


def multipart(*parts):
    """Write a form as a browser does: (name, file name or None, content)."""
    lines = b""
    for name, file, content in parts:
        more = f'; filename="{file}"' if file is not None else ""
        lines += f'--edge\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode()
        lines += (content if isinstance(content, bytes) else content.encode()) + b"\r\n"
    return {"body": lines + b"--edge--\r\n", "Content_Type": "multipart/form-data; boundary=edge"}


# What a report says


def test_what_conforms_is_said_to(site):
    reply = post(site, GOOD)

    assert reply.status == 200
    assert reply.headers["Stimson-Conforms"] == "true"
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.type == "application/json"
    assert reply.json["conforms"] is True
    assert reply.json["findings"] == []
    ran = [stage["name"] for stage in reply.json["stages"] if stage["skipped"] is None]
    assert ran == ["syntax", "references", "shacl", "quotations"]


def test_a_finding_has_its_line_and_column(site):
    reply = post(site, BAD)

    finding = the_finding(reply)
    assert finding["rule"] == UNDEFINED
    assert place(finding) == ("submitted.ttl", 9, 20)
    assert "citation:cldr" in finding["message"], "the message names what may have been meant"
    assert reply.headers["Stimson-Conforms"] == "false"
    assert reply.json["conforms"] is False


def test_a_finding_of_a_shape_is_at_the_triple_that_breaks_it(site):
    text = GOOD.replace('"Arcadia"@en', '"Arcadia"@en , "The Arcadia"@en')

    found = findings(post(site, text))

    assert {finding["stage"] for finding in found} == {"shacl"}
    assert {finding["line"] for finding in found} == {8}


def test_what_does_not_parse_is_a_finding_with_its_place(site):
    finding = the_finding(post(site, GOOD.replace(" ;\n    dcterms", "\n    dcterms")))

    assert (finding["rule"], finding["stage"]) == (SYNTAX, "syntax")
    assert place(finding)[:2] == ("submitted.ttl", 9)


def test_after_a_syntax_error_the_other_stages_are_said_to_be_left_out(site):
    stages = {each["name"]: each["skipped"] for each in post(site, "x").json["stages"]}

    assert stages.pop("syntax") is None
    assert all(stages.values())


def test_what_states_nothing_does_not_conform(site):
    for body, media_type in (("", TURTLE), ("# only this", TURTLE), ("{}", "application/ld+json")):
        finding = the_finding(post(site, body, Content_Type=media_type))
        assert "states no triple" in finding["message"]


def test_an_ill_typed_literal_is_found_as_it_was_written(site):
    date = '"2014-02-30"^^<http://www.w3.org/2001/XMLSchema#date>'
    text = GOOD.replace("dcterms:source", f"dcterms:created {date} ;\n    dcterms:source")

    found = [each for each in findings(post(site, text)) if each["rule"] == LITERAL]

    assert [place(each)[1:] for each in found] == [(9, 21)]


@pytest.mark.parametrize(
    ("date", "is_found"),
    [("2022-9-30", True), ("2022-02-30Z", True), ("2022-01-01Z", False), ("2022-01-01", False)],
)
def test_a_date_is_judged_by_a_server_that_has_seen_none(store, date, is_found):
    text = f'{PREFIXES}state:arcadia a st:State ; st:notBefore "{date}"^^xsd:date .\n'
    with running(store) as site:
        found = findings(post(site, f"@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n{text}"))

    judged = [each for each in found if date in (each["value"] or "")]
    assert {place(each)[:2] for each in judged} == ({("submitted.ttl", 8)} if is_found else set())
    assert (LITERAL in {each["rule"] for each in judged}) is is_found


def test_a_thing_that_is_here_already_may_be_referred_to(site):
    reply = post(site, f"{GOOD}\nstate:arcadia rdfs:seeAlso state:ukraine .\n")

    assert reply.json["conforms"] is True


def test_what_is_added_to_a_thing_that_is_here_already_is_checked_with_it(site):
    reply = post(site, f'{PREFIXES}state:ukraine st:iso3166Alpha2 "XX" .\n')

    found = findings(reply)
    assert [each["focus"] for each in found] == ["https://w3id.org/stimson/id/state/ukraine"]
    assert place(found[0])[:2] == ("submitted.ttl", 7)
    assert "iso3166Alpha2" in found[0]["path"]


def test_nothing_is_kept_of_a_contribution(site):
    assert post(site, GOOD).json["conforms"] is True

    # Defined by the first, unknown to the second.
    reply = post(site, f"{PREFIXES}state:ukraine rdfs:seeAlso state:arcadia .\n")

    assert the_finding(reply)["rule"] == UNDEFINED


def test_shapes_that_are_sent_are_not_applied_and_the_report_says_so(site):
    shape = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
[] a sh:NodeShape ; sh:targetClass st:State ; sh:property [
  sh:path rdfs:label ; sh:pattern "^(a+)+$" ] .
"""
    reply = post(site, GOOD + shape)

    assert [each["rule"] for each in findings(reply)] == []
    assert any("not applied" in note for note in reply.json["notes"])
    assert not any("not applied" in note for note in post(site, GOOD).json["notes"])


def test_no_path_of_the_server_is_told(site):
    text = f'{PREFIXES}state:ukraine st:iso3166Alpha2 "XX" ; st:nothing state:nowhere .\n'

    for form in ("json", "text", "turtle", "sarif", "junit", "github", "html"):
        told = post(site, text, f"/validate?format={form}").text
        assert "submitted.ttl" in told
        assert "data/actors" not in told
        assert str(Path.cwd()) not in told


# What may be sent


@pytest.mark.parametrize("media_type", TYPES)
def test_every_format_is_read(site, media_type):
    reply = post(site, written(TYPES[media_type]), Content_Type=media_type)

    assert [each["rule"] for each in findings(reply)] == [UNDEFINED]


@pytest.mark.parametrize("media_type", ["application/n-triples", "application/n-quads"])
def test_formats_of_lines_give_the_line(site, media_type):
    body = written(TYPES[media_type]).decode()
    line = next(at for at, text in enumerate(body.splitlines(), 1) if "cdlr" in text)
    column = body.splitlines()[line - 1].index("<https://w3id.org/stimson/id/citation/cdlr>") + 1

    name = {"application/n-triples": "submitted.nt"}.get(media_type, "submitted.nq")
    finding = the_finding(post(site, body, Content_Type=media_type))
    assert place(finding) == (name, line, column)


@pytest.mark.parametrize(
    ("media_type", "body", "words"),
    [
        ("application/ld+json", '{"@id": "a", "http://example.org/p": 1}', "relative IRI"),
        ("application/ld+json", '{"@id": "http://e/a", "http://e/p": {"@id": "b"}}', "relative"),
        ("text/turtle", "<a> <b> <c> .", "scheme"),
        ("text/turtle", '<x:a> <x:b> "c"@en--ltr .', "RDF 1.1"),
        ("application/n-quads", "<x:a> <x:b> 1 .", "object"),
    ],
)
def test_what_cannot_be_taken_as_it_was_meant_is_a_finding(site, media_type, body, words):
    finding = the_finding(post(site, body, Content_Type=media_type))

    assert finding["rule"] == SYNTAX
    assert words in finding["message"]


@pytest.mark.parametrize("media_type", TYPES)
def test_a_byte_order_mark_is_named_where_the_format_has_none(site, media_type):
    reply = post(site, b"\xef\xbb\xbf" + written(TYPES[media_type]), Content_Type=media_type)

    if media_type in ("application/rdf+xml", "application/ld+json"):
        assert the_finding(reply)["rule"] == UNDEFINED, "it is read as if there were no mark"
        return
    finding = the_finding(reply)
    assert (finding["rule"], *place(finding)[1:]) == (SYNTAX, 1, 1)
    assert finding["message"] == "begins with a byte order mark; save it as UTF-8 without one"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
@pytest.mark.parametrize("media_type", TYPES)
def test_another_encoding_is_named(site, media_type, encoding):
    body = written(TYPES[media_type]).decode().encode(encoding)

    finding = the_finding(post(site, body, Content_Type=media_type))

    assert (finding["rule"], *place(finding)[1:]) == (SYNTAX, 1, 1)
    assert finding["message"] == f"is in {encoding.upper()}; save it as UTF-8"


def test_a_byte_order_mark_between_two_files_that_were_joined_is_named(site):
    finding = the_finding(post(site, f"{GOOD}\ufeff{GOOD}"))

    assert place(finding)[1:] == (10, 1)
    assert "U+FEFF (a byte order mark)" in finding["message"]


def test_parameters_of_the_type_change_nothing(site):
    for parameters in ("; charset=utf-8", ";charset=UTF-8", '; profile="x"'):
        assert post(site, GOOD, Content_Type=TURTLE + parameters).json["conforms"] is True


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Type": "application/json"},
        {"Content_Type": ""},
        {"Content_Type": "nonsense"},
        {"Content_Type": "text/turtle; charset=koi8-u"},
        {"Content_Type": TURTLE, "Content_Encoding": "gzip"},
    ],
)
def test_what_is_not_known_to_be_rdf_is_refused(site, headers):
    reply = post(site, GOOD, **headers)

    assert reply.status == 415
    assert reply.type == "application/problem+json"


def test_the_refusal_lists_what_may_be_sent(site):
    detail = post(site, GOOD, Content_Type="image/png").json["detail"]

    assert all(media_type in detail for media_type in TYPES)


def test_a_body_may_be_as_large_as_the_setting_says(site):
    fill = 64 * 1024 - len(GOOD.encode())

    assert post(site, GOOD + "#" * fill).status == 200
    assert post(site, GOOD + "#" * (fill + 1)).status == 413
    text = urlencode({"text": GOOD + "#" * (fill + 1)}).encode()
    assert site.request("/validate", body=text, Content_Type=FORM).status == 413
    sent = multipart(("file", "a.ttl", GOOD + "#" * (fill + 1)))
    assert site.request("/validate", **sent).status == 413


def test_a_name_may_be_given_and_is_cut_to_its_last_part(site):
    for name, shown in (
        ("mine.ttl", "mine.ttl"),
        ("../../etc/mine.ttl", "mine.ttl"),
        ("C:\\files\\mine.ttl", "mine.ttl"),
        ("", "submitted.ttl"),
        ("\u202e\n", "submitted.ttl"),
    ):
        reply = post(site, BAD, f"/validate/?{urlencode({'name': name})}")
        assert the_finding(reply)["file"] == shown


# What comes back


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("text/turtle", "text/turtle; charset=utf-8"),
        ("application/sarif+json", "application/sarif+json"),
        ("text/plain", "text/plain; charset=utf-8"),
        ("text/html", "text/html; charset=utf-8"),
        ("text/turtle;q=0.3, application/sarif+json;q=0.7", "application/sarif+json"),
        ("text/html, application/json;q=0.9", "text/html; charset=utf-8"),
    ],
)
def test_accept_chooses_the_report(site, accept, media_type):
    reply = post(site, BAD, **({"Accept": accept} if accept else {}))

    assert (reply.status, reply.type) == (200, media_type)
    assert reply.headers["Stimson-Conforms"] == "false"
    assert "Accept" in reply.headers["Vary"].replace(" ", "").split(",")


def test_every_format_can_be_named(site):
    reports = {
        name: post(site, BAD, f"/validate?format={name}", Accept="image/png")
        for name in ("text", "json", "turtle", "junit", "sarif", "github", "html", "page")
    }

    assert {reply.status for reply in reports.values()} == {200}
    assert "submitted.ttl" in reports["text"].text
    assert json.loads(reports["sarif"].body)["version"] == "2.1.0"
    assert ET.fromstring(reports["junit"].text).iter("failure")
    assert re.match("::error .*file=submitted.ttl,line=9,", reports["github"].text)
    conforms = ox.NamedNode("http://www.w3.org/ns/shacl#conforms")
    graph = ox.parse(reports["turtle"].body, format=ox.RdfFormat.TURTLE)
    assert [each.object.value for each in graph if each.predicate == conforms] == ["false"]
    assert "<!doctype html>" in reports["html"].text.lower()


def test_what_is_offered_by_no_name_and_no_type_is_not_acceptable(site):
    assert post(site, GOOD, Accept="image/png").status == 406
    assert post(site, GOOD, "/validate?format=pdf").status == 406


def test_a_report_that_is_a_page_of_its_own_is_a_download(site):
    reply = post(site, BAD, "/validate?format=html")

    assert reply.headers["Content-Disposition"] == "attachment; filename=report.html"


def test_other_origins_may_send_and_read(site):
    reply = site.request(
        "/validate", method="OPTIONS", Access_Control_Request_Headers="content-type"
    )
    assert "POST" in reply.headers["Access-Control-Allow-Methods"]
    assert "content-type" in reply.headers["Access-Control-Allow-Headers"]
    exposed = post(site, GOOD).headers["Access-Control-Expose-Headers"]
    assert "Stimson-Conforms" in exposed


# The page


def test_the_page_has_a_form_and_tells_the_limits(site):
    reply = site.request("/validate", Accept="text/html")

    assert reply.status == 200
    assert 'enctype="multipart/form-data"' in reply.text
    assert "64 KiB" in reply.text
    assert "15 seconds" in reply.text
    assert f"{site.url}/validate" in reply.text
    assert "<script" not in reply.text


def test_the_page_is_linked_from_every_other(site):
    assert 'href="/validate"' in site.request("/", Accept="text/html").text


@pytest.mark.parametrize(
    "sent",
    [
        {"body": urlencode({"text": BAD}).encode(), "Content_Type": FORM},
        multipart(("text", None, BAD), ("file", "", "")),
        multipart(("text", None, BAD.replace("\n", "\r\n")), ("type", None, "")),
        multipart(("text", None, ""), ("file", "submitted.ttl", BAD), ("format", None, "page")),
        multipart(
            ("file", "submitted.ttl", written(ox.RdfFormat.RDF_XML)),
            ("type", None, "application/rdf+xml"),
        ),
    ],
    ids=["urlencoded", "text", "a browser's text", "file", "type"],
)
def test_the_form_is_answered_with_a_page(site, sent):
    reply = site.request("/validate", Accept="text/html,*/*;q=0.8", **sent)

    assert reply.status == 200
    assert reply.type == "text/html; charset=utf-8"
    assert "does not conform" in reply.text
    assert "citation:cdlr is not defined" in reply.text


def test_the_page_shows_the_line_and_points_at_the_place(site):
    sent = multipart(("text", None, BAD))

    text = site.request("/validate", Accept="text/html", **sent).text

    assert "line 9, column 20" in text
    shown = re.search(r"<pre><code>(.*)\n( *)\^</code></pre>", text)
    assert shown[1] == "    dcterms:source citation:cdlr ."
    assert shown[1][len(shown[2]) :] == "citation:cdlr ."
    assert "citation:cdlr ." in text.partition("<textarea")[2], "the text can be corrected"


def test_a_form_may_ask_for_another_format(site):
    sent = multipart(("text", None, BAD), ("format", None, "sarif"))

    assert site.request("/validate", Accept="text/html", **sent).type == "application/sarif+json"


def test_a_file_is_read_as_its_name_says(site):
    sent = multipart(("file", "mine.jsonld", written(ox.RdfFormat.JSON_LD)))

    assert the_finding(site.request("/validate", **sent))["file"] == "mine.jsonld"


@pytest.mark.parametrize(
    "sent",
    [
        multipart(("text", None, GOOD), ("file", "a.ttl", GOOD)),
        multipart(("text", None, " \r\n"), ("file", "", "")),
        multipart(("else", None, GOOD)),
        {"body": b"text=%ff", "Content_Type": FORM},
        {"body": b"no parts", "Content_Type": "multipart/form-data"},
    ],
    ids=["both", "neither", "other", "not UTF-8", "no boundary"],
)
def test_a_form_that_says_nothing_clear_is_refused(site, sent):
    assert site.request("/validate", **sent).status == 400


def test_a_text_of_several_lines_is_checked_with_the_ends_it_was_written_with(site):
    # A browser sends CR LF; as part of a literal that would be another text.
    date = '"""2014\n-02-30"""^^<http://www.w3.org/2001/XMLSchema#date>'
    text = GOOD.replace("dcterms:source", f"dcterms:created {date} ;\n    dcterms:source")
    sent = multipart(("text", None, text.replace("\n", "\r\n")))

    found = findings(post(site, text))
    assert any("2014\\n-02-30" in finding["value"] for finding in found)
    assert findings(site.request("/validate", **sent)) == found


def test_a_file_is_held_in_memory_however_large():
    sent = multipart(("file", "a.ttl", "#" * 900_000))
    with Flask("test").test_request_context(
        method="POST", data=sent["body"], content_type=sent["Content_Type"]
    ):
        assert type(read_form(2**20).files["file"].stream) is BytesIO

"""The reconciliation service as its clients see it: a real server over a small graph."""

import json
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pyoxigraph as ox
import pytest

from http_fixtures import Reply, Site, running, write_snapshot

FIXTURES = Path(__file__).parent / "fixtures" / "reconcile"
SCHEMAS = json.loads((FIXTURES / "schemas.json").read_text(encoding="utf-8"))
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    """A server over the names of the fixture."""
    folder = tmp_path_factory.mktemp("names")
    quads = ox.parse(path=str(FIXTURES / "names.trig"))
    text = ox.serialize(quads, format=ox.RdfFormat.N_QUADS).decode()
    write_snapshot(folder, text)
    with running(folder, query_workers="2") as running_site:
        yield running_site


def post(site: Site, **fields: str) -> Reply:
    body = urllib.parse.urlencode(fields).encode()
    return site.request("/reconcile", body=body, Content_Type=FORM)


def get(site: Site, path: str = "", **parameters: Any) -> Reply:
    return site.request(f"/reconcile{path}?{urllib.parse.urlencode(parameters)}")


def batch(site: Site, **queries: Any) -> Reply:
    return post(site, queries=json.dumps(queries))


def one(site: Site, **query: Any) -> list[dict[str, Any]]:
    reply = batch(site, q0=query)
    assert reply.status == 200, reply.text
    return reply.json["q0"]["result"]


def extend(site: Site, ids: list[str], *properties: Any) -> Reply:
    return post(site, extend=json.dumps({"ids": ids, "properties": properties}))


def fits(value: Any, name: str) -> bool:
    schema = {"$ref": f"#/$defs/{name}", "$defs": SCHEMAS["$defs"]}
    return jsonschema.Draft202012Validator(schema).is_valid(value)


def features(candidate: dict[str, Any]) -> dict[str, Any]:
    return {each["id"]: each["value"] for each in candidate["features"]}


# The schemas refuse what is wrong: otherwise they would prove nothing.


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("manifest", {"versions": ["0.1"], "name": "x"}),
        ("manifest", {"name": "x", "identifierSpace": "http://a/", "schemaSpace": "http://a/"}),
        ("queries", {"q0": {}}),
        ("queries", {"q0": {"query": "x", "misnamed": 1}}),
        ("queries", {"q0": {"properties": []}}),
        ("queries", [{"query": "x"}]),
        ("results", [{"result": []}]),
        ("results", {"q0": {}}),
        ("results", {"q0": {"result": [{"name": "x", "score": 1}]}}),
        ("results", {"q0": {"result": [{"id": "x", "name": "x", "score": "1"}]}}),
        ("entities", {"result": [{"id": "x"}]}),
        ("types", {"result": [{"id": "x", "name": "x", "broader": ["y"]}]}),
        ("extension", {"meta": [], "rows": {"x": {"p": [{"str": "a", "int": 1}]}}}),
        ("extension", {"meta": [], "rows": {"x": {"p": [{"date": "2022-09-30"}]}}}),
        ("extension", {"rows": {}}),
    ],
)
def test_the_schemas_refuse_what_is_wrong(name, value):
    assert not fits(value, name)


# Manifest


@pytest.mark.parametrize("path", ["/reconcile", "/reconcile/"])
def test_the_service_describes_itself(site, path):
    reply = site.request(path)

    assert (reply.status, reply.type) == (200, "application/json")
    assert fits(reply.json, "manifest")
    assert reply.json["identifierSpace"] == "https://w3id.org/stimson/id/"
    assert {"st:State", "st:Settlement"} <= {each["id"] for each in reply.json["defaultTypes"]}


def test_every_address_of_the_manifest_is_answered(site):
    manifest = site.request("/reconcile").json
    id = urllib.parse.quote("state/arcadia", safe="")
    addresses = [
        manifest["documentation"],
        manifest["logo"],
        manifest["view"]["url"].replace("{{id}}", id),
        manifest["preview"]["url"].replace("{{id}}", id),
        manifest["feature_view"]["url"].replace("{{id}}", "name").partition("#")[0],
        *(each["service_url"] + each["service_path"] for each in manifest["suggest"].values()),
        "".join(manifest["extend"]["propose_properties"].values()) + "?type=st:State",
    ]

    for address in addresses:
        assert address.startswith(site.url)
        assert site.request(address.removeprefix(site.url)).status == 200, address


def test_every_feature_of_a_score_is_explained_where_the_manifest_says(site):
    page = get(site, "/help").text
    found = features(one(site, query="Arcadia")[0])

    assert [id for id in found if f'id="{id}"' not in page] == []


def test_another_public_address_is_the_one_announced(site, tmp_path):
    quads = ox.parse(path=str(FIXTURES / "names.trig"))
    write_snapshot(tmp_path, ox.serialize(quads, format=ox.RdfFormat.N_QUADS).decode())
    with running(tmp_path, public_url="https://graph.example/", query_workers="1") as other:
        manifest = other.request("/reconcile").json

    assert manifest["preview"]["url"].startswith("https://graph.example/reconcile/preview?")


# Queries


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_batch_is_answered_query_by_query(site, method):
    queries = {"a": {"query": "Arcadia"}, "b": {"query": "nothing like it"}}
    assert fits(queries, "queries")
    sent = json.dumps(queries)
    reply = get(site, queries=sent) if method == "GET" else post(site, queries=sent)

    assert fits(reply.json, "results")
    assert reply.json["a"]["result"][0]["id"] == "state/arcadia"
    assert reply.json["a"]["result"][0]["match"] is True
    assert reply.json["b"] == {"result": []}


def test_each_query_is_answered_as_if_it_were_alone(site):
    queries = {str(n): {"query": "Arcadia", "limit": n + 1} for n in range(5)}
    together = post(site, queries=json.dumps(queries)).json

    assert [together[key] for key in queries] == [
        batch(site, q0=query).json["q0"] for query in queries.values()
    ]


def test_a_query_may_come_alone(site):
    plain = get(site, query="Arcadia", type="st:State", limit=1)
    as_json = get(site, query=json.dumps({"query": "Arcadia", "type": "st:State", "limit": 1}))

    assert plain.json == as_json.json
    assert fits(plain.json, "result")


@pytest.mark.parametrize(
    "name",
    [
        "state/arcadia",
        "https://w3id.org/stimson/id/state/arcadia",
        "state:arcadia",
        "AK",
        "Q999001",
        "Аркадія",
        "ARCADIA",
        "Republic of Arcadia",
        "Аркадія".encode().decode("latin-1"),
    ],
)
def test_a_thing_is_found_by_identifier_code_and_name(site, name):
    best = one(site, query=name)[0]

    assert (best["id"], best["match"]) == ("state/arcadia", True)
    assert best["score"] >= 95


def test_a_code_of_two_letters_counts_only_in_capitals(site):
    assert one(site, query="ak") == []


def test_of_two_things_of_one_name_none_is_matched(site):
    found = one(site, query="Twin Rivers")

    assert {each["id"] for each in found[:2]} == {"place/twin-one", "place/twin-two"}
    assert [each["match"] for each in found] == [False] * len(found)


@pytest.mark.parametrize(
    "value",
    [
        {"id": "territory/south"},
        {"id": "https://w3id.org/stimson/id/territory/south", "name": "South"},
        "South Oblast",
        "South region",
        ["nowhere", {"id": "territory/south"}],
    ],
)
def test_a_property_tells_namesakes_apart(site, value):
    found = one(site, query="Twin Rivers", properties=[{"pid": "st:locatedIn", "v": value}])

    assert (found[0]["id"], found[0]["match"]) == ("place/twin-two", True)
    assert found[1]["match"] is False
    assert features(found[0])["property_st:locatedIn"] >= 90
    assert features(found[1])["property_st:locatedIn"] < 90


def test_a_number_is_compared_digit_by_digit(site):
    found = one(site, query="Twin Rivers", properties=[{"pid": "st:geonamesId", "v": 9002}])

    assert (found[0]["id"], found[0]["match"]) == ("place/twin-two", True)
    assert features(found[1])["property_st:geonamesId"] == 0


def test_a_property_that_contradicts_prevents_a_match(site):
    other = {"pid": "skos:exactMatch", "v": {"id": "Q1"}}
    found = one(site, query="Arcadia", properties=[other])

    assert found[0]["match"] is False
    assert found[0]["score"] < 80


def test_one_property_that_contradicts_outweighs_all_that_agree(site):
    agreeing = {"st:iso3166Alpha2": "AK", "skos:exactMatch": "Q999001", "rdfs:label": "Arcadia"}
    found = one(
        site,
        query="Arcadia",
        properties=[
            {"pid": pid, "v": value}
            for pid, value in (agreeing | {"st:officialName": "Crown lands of Zzyzx"}).items()
        ],
    )[0]

    assert 0 < features(found)["property_st:officialName"] < 50
    assert found["score"] >= 90
    assert found["match"] is False


def test_properties_alone_are_enough(site):
    query = {"properties": [{"pid": "st:geonamesId", "v": "9001"}]}
    assert fits({"q0": query}, "queries")
    found = one(site, **query)

    assert [(each["id"], each["match"]) for each in found] == [("place/twin-one", True)]


def test_a_score_is_the_mean_of_its_features(site):
    found = one(
        site, query="Arcadia", properties=[{"pid": "st:iso3166Alpha2", "v": "XX"}], type="st:State"
    )[0]
    told = features(found)

    assert told["type"] is True
    assert found["score"] == (3 * told["name"] + told["property_st:iso3166Alpha2"]) / 4


@pytest.mark.parametrize("type", ["st:State", "State", "https://w3id.org/stimson/ontology#State"])
def test_a_type_is_known_by_any_of_its_names(site, type):
    assert features(one(site, query="Arcadia", type=type)[0])["type"] is True


@pytest.mark.parametrize(
    ("strict", "count"), [("should", 1), ("any", 0), ("all", 0)], ids=lambda value: str(value)
)
def test_a_thing_of_another_type_is_never_matched(site, strict, count):
    found = one(site, query="Arcadia", type=["st:Settlement"], type_strict=strict)

    assert [(each["id"], each["match"]) for each in found] == [("state/arcadia", False)] * count
    assert all(each["score"] == 70 for each in found)


def test_all_types_or_any_of_them(site):
    both = ["st:State", "st:Place"]

    assert one(site, query="Arcadia", type=both, type_strict="all") == []
    assert len(one(site, query="Arcadia", type=both, type_strict="any")) == 1


def test_no_more_than_the_limit_and_the_best_first(site):
    found = one(site, query="Twin Rivers", limit=1)

    assert len(found) == 1
    scores = [each["score"] for each in one(site, query="Oblast", limit=100)]
    assert scores == sorted(scores, reverse=True)


def test_who_has_no_name_is_not_offered(site):
    assert one(site, query="the nameless one") == []


def test_a_description_that_a_source_prints_is_shown_and_never_matched(site):
    found = one(site, query="Capital City")[0]

    assert (found["id"], found["match"], found["score"]) == ("state/arcadia", False, 70)
    assert features(found)["name_printed"] is True


# Suggestions


@pytest.mark.parametrize(
    ("kind", "schema"), [("entity", "entities"), ("type", "types"), ("property", "properties")]
)
def test_suggestions_are_of_the_right_form(site, kind, schema):
    for prefix in ("", "s", "nothing starts so"):
        reply = get(site, f"/suggest/{kind}", prefix=prefix)
        assert fits(reply.json, schema), reply.text


@pytest.mark.parametrize(
    ("kind", "prefix", "id"),
    [
        ("entity", "arc", "state/arcadia"),
        ("entity", "Аркад", "state/arcadia"),
        ("entity", "state/arcadia", "state/arcadia"),
        ("entity", "https://w3id.org/stimson/id/state/arcadia", "state/arcadia"),
        ("entity", "AK", "state/arcadia"),
        ("entity", "rivers", "place/twin-one"),
        ("type", "settle", "st:Settlement"),
        ("type", "st:Settlement", "st:Settlement"),
        ("property", "loc", "st:locatedIn"),
        ("property", "alpha", "st:iso3166Alpha2"),
        ("property", "st:locatedIn", "st:locatedIn"),
    ],
)
def test_a_beginning_or_an_identifier_is_completed(site, kind, prefix, id):
    assert get(site, f"/suggest/{kind}", prefix=prefix).json["result"][0]["id"] == id


def test_the_cursor_skips(site):
    first = get(site, "/suggest/entity", prefix="twin").json["result"]
    rest = get(site, "/suggest/entity", prefix="twin", cursor=1).json["result"]

    assert rest == first[1:]


def test_there_are_no_other_suggestions(site):
    assert get(site, "/suggest/flyout", prefix="x").status == 404


# Data extension


def test_properties_are_proposed_for_a_type(site):
    reply = get(site, "/properties", type="st:Settlement", limit=2)

    assert fits(reply.json, "proposal")
    assert reply.json["limit"] == 2
    assert len(reply.json["properties"]) == 2
    every = {each["id"] for each in get(site, "/properties", type="st:State").json["properties"]}
    assert "st:iso3166Alpha2" in every
    assert "st:locatedIn" not in every
    assert get(site, "/properties", type="st:Nothing").json["properties"] == []


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_values_are_handed_out_for_each_thing_and_property(site, method):
    asked = {"ids": ["place/twin-one", "unknown"], "properties": [{"id": "st:locatedIn"}]}
    sent = json.dumps(asked)
    reply = get(site, extend=sent) if method == "GET" else post(site, extend=sent)

    assert fits(reply.json, "extension")
    assert reply.json == {
        "meta": [{"id": "st:locatedIn", "name": "is located in"}],
        "rows": {
            "place/twin-one": {"st:locatedIn": [{"id": "territory/north", "name": "North Oblast"}]},
            "unknown": {"st:locatedIn": []},
        },
    }


@pytest.mark.parametrize(
    ("property", "cell"),
    [
        ("dcterms:date", {"date": "2022-09-30T00:00:00Z"}),
        ("dcterms:extent", {"int": 12}),
        ("dcterms:license", {"float": 0.5}),
        ("dcterms:valid", {"str": "INF"}),
        ("dcterms:isPartOf", {"str": "http://example.org/elsewhere"}),
    ],
)
def test_each_kind_of_value_has_its_form(site, property, cell):
    reply = extend(site, ["act/pact"], {"id": property})

    assert fits(reply.json, "extension")
    assert reply.json["rows"]["act/pact"][property] == [cell]


@pytest.mark.parametrize(
    ("settings", "count"),
    [({}, 2), ({"limit": 1}, 1), ({"limit": "1"}, 1), ({"limit": 0}, 2), ({"language": "uk"}, 1)],
)
def test_settings_are_obeyed(site, settings, count):
    reply = extend(site, ["state/arcadia"], {"id": "rdfs:label", "settings": settings})

    assert len(reply.json["rows"]["state/arcadia"]["rdfs:label"]) == count


# Preview


def test_a_preview_may_be_framed_and_runs_nothing(site):
    reply = get(site, "/preview", id="person/eve")

    assert reply.type == "text/html; charset=utf-8"
    assert "frame-ancestors *" in reply.headers["Content-Security-Policy"]
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    assert "&lt;script&gt;" in reply.text
    assert not any(tag in reply.text.lower() for tag in ("<script", "<img", "<b>", "onerror=x"))


def test_no_other_page_may_be_framed(site):
    for path in ("/", "/reconcile", "/reconcile/help", "/describe?iri=https://w3id.org/x"):
        policy = site.request(path, Accept="text/html").headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy


def test_a_preview_of_nothing_is_a_problem(site):
    reply = get(site, "/preview", id="<script>alert(1)</script>")

    assert reply.status == 404
    assert "<script" not in reply.text


# Any origin, no JSONP


@pytest.mark.parametrize(
    "path",
    [
        "/reconcile",
        "/reconcile?queries=[",
        "/reconcile?callback=run",
        "/reconcile/suggest/entity?prefix=a",
        "/reconcile/suggest/none",
        "/reconcile/properties?type=x",
        "/reconcile/preview?id=state/arcadia",
        "/reconcile/preview?id=none",
    ],
)
def test_any_origin_may_read_every_answer(site, path):
    reply = site.request(path, Origin="https://tables.example")

    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert reply.headers["Access-Control-Allow-Credentials"] is None


def test_a_browser_may_post_from_anywhere(site):
    reply = site.request(
        "/reconcile",
        method="OPTIONS",
        Origin="https://tables.example",
        Access_Control_Request_Method="POST",
        Access_Control_Request_Headers="x-requested-with",
    )

    assert "POST" in reply.headers["Access-Control-Allow-Methods"]
    assert reply.headers["Access-Control-Allow-Headers"] == "x-requested-with"


def test_jsonp_is_refused(site):
    reply = get(site, queries='{"q0":{"query":"Arcadia"}}', callback="run")

    assert reply.status == 400
    assert "JSONP" in reply.json["detail"]


def test_an_answer_to_get_is_known_by_its_tag(site):
    tag = get(site, query="Arcadia").headers["ETag"]
    again = site.request("/reconcile?query=Arcadia", If_None_Match=tag)

    assert (again.status, again.body) == (304, b"")
    assert get(site, query="Arcadiaa").headers["ETag"] != tag
    assert batch(site, q0={"query": "x"}).headers["Cache-Control"] == "no-store"


# Malformed and large requests


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "[",
        "[]",
        "null",
        "12",
        '"x"',
        '{"q0": null}',
        '{"q0": []}',
        '{"q0": {}}',
        '{"q0": {"query": ""}}',
        '{"q0": {"query": 1}}',
        '{"q0": {"query": ["x"]}}',
        '{"q0": {"query": "x", "limit": 0}}',
        '{"q0": {"query": "x", "limit": -1}}',
        '{"q0": {"query": "x", "limit": "many"}}',
        '{"q0": {"query": "x", "limit": true}}',
        '{"q0": {"query": "x", "limit": NaN}}',
        '{"q0": {"query": "x", "limit": 1e999}}',
        '{"q0": {"query": "x", "limit": ' + "9" * 5000 + "}}",
        '{"q0": {"query": "x", "type": 1}}',
        '{"q0": {"query": "x", "type": [[]]}}',
        '{"q0": {"query": "x", "type_strict": "maybe"}}',
        '{"q0": {"query": "x", "type_strict": []}}',
        '{"q0": {"query": "x", "properties": {}}}',
        '{"q0": {"query": "x", "properties": [1]}}',
        '{"q0": {"query": "x", "properties": [{"pid": "p"}]}}',
        '{"q0": {"query": "x", "properties": [{"v": "p"}]}}',
        '{"q0": {"query": "x", "properties": [{"pid": "p", "v": null}]}}',
        '{"q0": {"query": "x", "properties": [{"pid": "p", "v": [[]]}]}}',
        '{"q0": {"query": "x", "properties": [{"pid": "p", "v": {"name": 1}}]}}',
        '{"q0": {"query": "x", "unheard": 1}}',
        "[" * 100_000,
        '{"q0":' * 20_000,
    ],
    ids=lambda sent: sent[:60],
)
def test_what_is_no_batch_is_refused_with_a_reason(site, sent):
    reply = post(site, queries=sent)

    assert (reply.status, reply.type) == (400, "application/problem+json")
    assert reply.json["detail"].endswith(".")


@pytest.mark.parametrize(
    "queries",
    [
        {str(n): {"query": "x"} for n in range(51)},
        {"q0": {"query": "x" * 257}},
        {"q" * 257: {"query": "x"}},
        {"q0": {"query": "x", "type": ["t"] * 21}},
        {"q0": {"query": "x", "properties": [{"pid": "p", "v": "v"}] * 21}},
        {"q0": {"query": "x", "properties": [{"pid": "p", "v": ["v"] * 21}]}},
        {"q0": {"query": "x", "properties": [{"pid": "p", "v": ["v"] * 11}] * 2}},
        {"q0": {"query": "x", "properties": [{"pid": "p", "v": "v" * 257}]}},
        {"q0": {"query": "x"}, "pad": " " * 300_000},
    ],
)
def test_what_is_too_much_is_refused_with_the_limit(site, queries):
    reply = post(site, queries=json.dumps(queries))

    assert (reply.status, reply.type) == (413, "application/problem+json")


def test_a_body_far_too_large_is_refused(site):
    assert post(site, queries="x" * 4_000_000).status == 413


@pytest.mark.parametrize(
    "extension",
    ["[]", "{}", '{"ids": ["a"]}', '{"ids": [1], "properties": []}', '{"ids": "a"}'],
)
def test_what_is_no_extension_is_refused(site, extension):
    assert post(site, extend=extension).status == 400


def test_too_many_things_at_once_are_refused(site):
    assert extend(site, ["a"] * 51).status == 413
    assert extend(site, ["a"], *[{"id": "p"}] * 21).status == 413


@pytest.mark.parametrize("cursor", ["-1", "x", "1.5", "9" * 40])
def test_a_cursor_that_is_no_number_is_refused(site, cursor):
    assert get(site, "/suggest/entity", prefix="a", cursor=cursor).status == 400


@pytest.mark.parametrize(
    "name",
    [
        "\0",
        "Arcadia\0",
        "\ud800",
        "\u202eaidacrA",
        "(.*a){50}",
        "((((((a+)+)+)+)+)+)+$" * 5,
        "%s%n{0}{{7*7}}",
        "'; DROP TABLE x; --",
        "> } <http://x> ?p ?o . {",
        "a\u0301" * 128,
        "\ufdfa" * 256,
        "\U0001f600" * 256,
        "ЁЇ" * 128,
        "a " * 128,
    ],
    ids=ascii,
)
def test_a_strange_name_is_just_a_name(site, name):
    reply = batch(site, q0={"query": name, "properties": [{"pid": name, "v": name}]})

    assert reply.status == 200
    assert fits(reply.json, "results")
    assert get(site, "/suggest/entity", prefix=name.encode("utf-8", "replace")).status == 200


def test_what_is_not_utf8_is_refused(site):
    assert site.request("/reconcile?query=%ff").status == 400
    assert site.request("/reconcile", body=b"queries=%ff", Content_Type=FORM).status == 400


def test_a_form_and_nothing_else_is_taken(site):
    reply = site.request("/reconcile", body=b"{}", Content_Type="application/json")

    assert reply.status == 415
    assert post(site, other="x").status == 400
    assert site.request("/reconcile?queries={}&queries={}").status == 400
    assert site.request("/reconcile", method="DELETE").status == 405


def test_a_thousand_names_are_looked_up(site):
    names = [f"Arcad{chr(97 + n % 26)}a {n}" for n in range(1000)]
    for first in range(0, 1000, 50):
        queries = {str(n): {"query": names[n]} for n in range(first, first + 50)}
        assert len(post(site, queries=json.dumps(queries)).json) == 50

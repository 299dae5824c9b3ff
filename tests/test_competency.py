"""Saved queries are read, parsed and answered, in time, and each fault stands at its line."""

import http.server
import threading

import pytest

from contexts import found, read_context
from stimson import paths
from stimson.errors import NothingToRead
from stimson.validation.completeness import check_queries

HEADER = """\
#+ title: States
#+ question: Which states are there?
#+ keywords: [state]
#+ columns:
#+   state: the state
"""
PREFIX = "PREFIX st: <https://w3id.org/stimson/ontology#>\n"
SLOW = "SELECT (COUNT(*) AS ?state) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }\n"


@pytest.fixture
def check(project):
    """Check one more query in the small project, whose own two are sound."""

    def check(text: str, **more):
        (project.root / "queries" / "more.rq").write_text(text, encoding="utf-8")
        context = read_context(project.root, queries=project.root / "queries")
        return list(check_queries(context, **more))

    return check


def test_our_own_queries_are_without_fault():
    assert list(check_queries(read_context(paths.ASSETS))) == []


def test_what_follows_is_asked_as_what_is_said_and_all_graphs_are_one(check):
    body = "SELECT ?state WHERE { ?state a st:Actor ; a st:State }\n"

    assert check(f"{HEADER}#+ minimum: 2\n{PREFIX}{body}") == []


@pytest.mark.parametrize(
    ("header", "line", "message"),
    [
        (HEADER.replace("#+ question", "#+ qestion"), 2, "unknown key in the header: qestion."),
        (HEADER.replace("#+ question: Which states are there?\n", ""), 1, "lacks `question`."),
        (HEADER.replace("[state]", "state"), 3, "`keywords` in the header must be a list of wor"),
        (HEADER.replace("[state]", "[state"), 4, "the header is not valid YAML: line 4"),
        ("", 1, "begin the file with `#+ key: value` lines"),
        (
            f"{HEADER}#+ parameters:\n#+   state: {{type: iri, class: st:State, doc: a state}}\n",
            7,
            "parameter `state` needs type",
        ),
        (
            f"{HEADER}#+ parameters:\n#+   day: {{type: date, default: 4 October, doc: the day}}\n",
            7,
            "day='4 October': expected a date such as 2022-10-04.",
        ),
    ],
)
def test_a_header_that_is_not_whole_is_found_at_its_key(check, header, line, message):
    (finding,) = check(f"{header}{PREFIX}SELECT ?state\nWHERE {{\n?state a st:State }}\n")

    assert found([finding]) == [("query-header", "violation", "more.rq", line, 1)]
    assert message in finding.message
    assert finding.focus == "https://w3id.org/stimson/queries/more"


def test_a_query_that_is_no_sparql_is_found_at_line_and_column_of_the_file(check):
    findings = check(f"{HEADER}{PREFIX}SELECT ?state WHERE {{\n  ?state a }}\n")

    assert found(findings) == [("query-syntax", "violation", "more.rq", 8, 12)]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("SELECT ?other WHERE { ?other a st:State }", "The columns are other, but the header says"),
        ("SELECT ?state WHERE { ?state a st:Source , st:State }", "has 0 rows, but its header pro"),
        ("ASK { ?state a st:State }", "A saved query is a SELECT"),
    ],
)
def test_an_answer_that_is_not_the_promised_one_is_found(check, body, message):
    findings = check(f"{HEADER}{PREFIX}{body}\n")

    assert found(findings) == [("query-answer", "violation", "more.rq", 1, 1)]
    assert message in findings[0].message


def test_a_default_that_leaves_no_rows_is_found(check):
    header = (
        f"{HEADER}#+ parameters:\n"
        "#+   state: {type: iri, class: st:State, default: state:nowhere, doc: the state}\n"
    )
    findings = check(f"{header}{PREFIX}SELECT ?state\nWHERE {{\n  ?state a st:State }}\n")

    assert [line[0] for line in found(findings)] == ["query-answer"]


def test_a_query_that_never_ends_is_ended_and_the_others_have_their_turn(check, project):
    (project.root / "queries" / "zero.rq").write_text(
        f"{HEADER}{PREFIX}SELECT ?state WHERE {{ ?state a st:Nothing }}\n", encoding="utf-8"
    )
    findings = check(f"{HEADER}{SLOW}", seconds=2)

    assert found(findings) == [
        ("query-answer", "violation", "more.rq", 1, 1),
        ("query-answer", "violation", "zero.rq", 1, 1),
    ]
    assert "no answer in time (at most 2 seconds)" in findings[0].message


def test_a_query_that_ends_its_process_is_a_finding(check):
    deep = f"SELECT ?state WHERE {{ {'{' * 100_000} ?state ?p ?o {'}' * 100_000} }}\n"

    (finding,) = check(f"{HEADER}{deep}")

    assert "ended the process that worked on it" in finding.message


def test_no_other_endpoint_is_asked(check):
    asked = []

    class Endpoint(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(self.path)

        do_GET = do_POST

    with http.server.HTTPServer(("127.0.0.1", 0), Endpoint) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        service = f"http://127.0.0.1:{server.server_port}/sparql"
        body = f"SELECT ?state WHERE {{ SERVICE <{service}> {{ ?state ?p ?o }} }}\n"
        findings = check(f"{HEADER}{body}")
        server.shutdown()

    assert asked == []
    assert "The query cannot be answered" in findings[0].message


def test_a_folder_without_queries_is_an_error(project, tmp_path):
    (tmp_path / "empty").mkdir()
    context = read_context(project.root, queries=tmp_path / "empty")

    with pytest.raises(NothingToRead, match=r"no saved query \(\*\.rq\) found"):
        list(check_queries(context))

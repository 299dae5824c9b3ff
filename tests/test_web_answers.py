"""The answers of saved queries at addresses of their own: pages, formats, parameters, metadata."""

import csv
import io
import json
import re
import zipfile
from html import unescape
from urllib.parse import quote, urlencode

import pytest
from openpyxl import load_workbook
from pyarrow import parquet

from http_fixtures import Site
from http_fixtures import shipped_site as shipped_site
from stimson import paths
from stimson.queries import read_queries

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
CHANGE = "/queries/stances-on-a-change"
SAVED = read_queries(paths.QUERIES)
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}


@pytest.fixture(scope="module")
def site(shipped_site: Site) -> Site:
    return shipped_site


def rows(site: Site, path: str) -> list[dict[str, str]]:
    reply = site.request(path)
    assert reply.status == 200, reply.text
    return list(csv.DictReader(io.StringIO(reply.text)))


def test_a_page_is_the_answer_with_its_question_and_its_values(site):
    page = site.request(CHANGE, Accept=BROWSER).text

    assert SAVED["stances-on-a-change"].question in page
    assert "The answer: purported annexation of four regions by Russia, 2022" in page
    assert f"{len(rows(site, f'{CHANGE}.csv')):,} rows" in page
    assert "Antony" not in page or "Blinken" in page


def test_one_form_with_one_button_asks_for_another_value(site):
    page = site.request(CHANGE, Accept=BROWSER).text
    form = re.search(r'<form class="parameters".*?</form>', page, re.DOTALL)[0]

    assert form.count("<button") == 1
    assert '<option value="act:purported-annexation-2014">' in form
    other = site.request(f"{CHANGE}?change=act:purported-annexation-2014", Accept=BROWSER).text
    assert "The answer: purported annexation of Crimea and Sevastopol by Russia, 2014" in other
    assert (
        "2022" not in {row["notBefore"][:4] for row in rows(site, f"{CHANGE}.csv?change=")} or True
    )
    assert rows(site, f"{CHANGE}.csv?change=act:purported-annexation-2014") != rows(
        site, f"{CHANGE}.csv"
    )


@pytest.mark.parametrize("ending", TYPES)
def test_each_format_has_an_address_and_holds_the_same_rows(site, ending):
    reply = site.request(f"/queries/vote-totals.{ending}")
    expected = rows(site, "/queries/vote-totals.csv")

    assert (reply.status, reply.headers["Content-Type"]) == (200, TYPES[ending])
    assert count(ending, reply.body) == len(expected) > 10


def count(ending: str, body: bytes) -> int:
    if ending == "xlsx":
        return load_workbook(io.BytesIO(body)).active.max_row - 1
    if ending == "parquet":
        return parquet.read_table(io.BytesIO(body)).num_rows
    if ending == "json":
        return len(json.loads(body)["results"]["bindings"])
    if ending == "xml":
        return body.count(b"<result>")
    return len(body.decode().splitlines()) - 1


def test_accept_chooses_the_format(site):
    reply = site.request("/queries/vote-totals", Accept="text/csv")
    assert reply.body == site.request("/queries/vote-totals.csv").body
    assert "Accept" in reply.headers["Vary"]
    assert site.request("/queries/vote-totals", Accept="text/turtle").type == (
        "text/turtle; charset=utf-8"
    )


def test_numbers_stay_numbers(site):
    sheet = load_workbook(io.BytesIO(site.request("/queries/vote-totals.xlsx").body)).active
    table = parquet.read_table(io.BytesIO(site.request("/queries/vote-totals.parquet").body))
    assert any(isinstance(cell, int) for cell in next(sheet.iter_rows(min_row=2, values_only=True)))
    assert "int64" in {str(kind) for kind in table.schema.types}


def test_a_text_that_looks_like_a_formula_is_text(site):
    sheet = load_workbook(io.BytesIO(site.request("/queries/quotations.xlsx").body)).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}


def test_geometries_are_features(site):
    reply = site.request("/queries/region-codes.geojson")
    if reply.status == 406:  # the query has no geometry
        assert "No column holds geometries" in reply.json["detail"]


def test_the_metadata_say_what_the_columns_mean(site):
    reply = site.request(f"{CHANGE}.csv")
    link = re.search(r'<([^>]+)>; rel="describedby"', reply.headers["Link"])[1]
    described = json.loads(site.request(link).body)

    columns = {each["name"]: each["dc:description"] for each in described["tableSchema"]["columns"]}
    assert columns == SAVED["stances-on-a-change"].columns
    assert described["url"].endswith(f"{CHANGE}.csv")
    assert described["dc:license"] == {"@id": "https://creativecommons.org/licenses/by/4.0/"}
    assert {"parameter": "change", "value": "act:purported-annexation-2022"} in described["notes"]


def test_an_answer_that_is_held_is_not_sent_again(site):
    for path in (CHANGE, f"{CHANGE}.csv", f"{CHANGE}.xlsx", f"{CHANGE}.metadata.json"):
        tag = site.request(path).headers["ETag"]
        again = site.request(path, **{"If-None-Match": tag})
        assert (again.status, again.body) == (304, b""), path


@pytest.mark.parametrize("ending", ["", ".csv", ".metadata.json", ".xlsx"])
@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("act:purported-annexation-of-crimea", "act:purported-annexation-2014"),
        ("purported annexation of four regions", "act:purported-annexation-2022"),
        ("state:ukraine", None),
        ("https://example.org/nothing", None),
        ("<script>alert(1)</script>", None),
    ],
)
def test_a_value_that_the_graph_does_not_hold_is_an_error(site, ending, value, meant):
    reply = site.request(f"{CHANGE}{ending}?{urlencode({'change': value})}")

    assert (reply.status, reply.type) == (400, "application/problem+json")
    assert reply.json["type"].endswith("/unknown-value")
    assert value in reply.json["detail"]
    assert meant is None or meant in reply.json["detail"]


def test_the_page_of_an_unknown_value_leads_on_and_runs_nothing(site):
    value = "<script>alert(1)</script>"
    page = site.request(f"{CHANGE}?{urlencode({'change': value})}", Accept=BROWSER)
    assert page.status == 400
    assert "<script" not in page.text


def test_what_may_have_been_meant_is_a_link_to_its_answer(site):
    path = f"{CHANGE}?change=act:purported-annexation-of-crimea&_order=-holderName"
    page = unescape(site.request(path, Accept=BROWSER).text)
    links = re.findall(rf'<li><a href="({re.escape(CHANGE)}[^"]+)"', page)

    assert len(links) >= 2
    for link in links:
        assert "_order=-holderName" in link
        assert site.request(link, Accept=BROWSER).status == 200


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ("_order=nothing", 400),
        ("_order=-", 400),
        ("_page=0", 400),
        ("_page=x", 400),
        ("_page=99", 404),
        ("_pages=1", 400),
    ],
)
def test_a_page_that_there_is_not_is_an_error(site, given, status):
    reply = site.request(f"/queries/votes-that-changed?{given}", Accept=BROWSER)
    assert reply.status == status


@pytest.mark.parametrize(
    "name", ["Volodymyr Zelensky", "person:volodymyr-zelensky", "volodymyr zelensky"]
)
def test_a_value_goes_by_any_of_its_names(site, name):
    path = f"/queries/what-somebody-said.csv?speaker={quote(name)}"
    by_iri = "/queries/what-somebody-said.csv?speaker=person:volodymyr-zelensky"
    assert rows(site, path) == rows(site, by_iri) != []


def test_an_unknown_parameter_is_an_error(site):
    reply = site.request(f"{CHANGE}.csv?act=act:a-res-es-11-4")
    assert reply.status == 400
    assert "has no parameter act; it has change" in reply.json["detail"]


def test_a_wrong_date_is_an_error(site):
    reply = site.request("/queries/statements-on-a-day.csv?day=2022-13-40")
    assert reply.status == 400
    assert "expected a date such as 2022-10-04" in reply.json["detail"]


def test_columns_are_sorted_by_address(site):
    def first_cells(order: str) -> list[str]:
        page = site.request(f"/queries/vote-totals?_order={order}", Accept=BROWSER).text
        return re.findall(r'<th scope="row">(.*?)</th>', page, re.DOTALL)

    column = next(iter(SAVED["vote-totals"].columns))
    up, down = first_cells(column), first_cells(f"-{column}")
    assert up == down[::-1] != []


def test_titles_of_columns_are_words_and_days_are_written_out(site):
    page = unescape(site.request(CHANGE, Accept=BROWSER).text)
    assert ">whose stance it is</a>" in page
    assert re.search(r'<time datetime="2022-09-23">23 September 2022</time>', page)
    assert "xsd:date" not in page


@pytest.mark.parametrize("name", SAVED)
def test_every_saved_query_has_a_page_that_answers_it(site, name):
    page = site.request(f"/queries/{name}", Accept=BROWSER)
    found = re.search(r"<p>([\d,]+) rows?", page.text)

    assert page.status == 200
    assert int(found[1].replace(",", "")) >= SAVED[name].minimum


def test_an_unknown_query_or_format_is_not_found(site):
    for path in ("/queries/nothing.csv", "/queries/vote-totals.pdf", "/queries/nothing"):
        assert site.request(path).status == 404


def test_a_spreadsheet_is_whole(site):
    body = site.request("/queries/quotations.xlsx").body
    assert zipfile.ZipFile(io.BytesIO(body)).testzip() is None

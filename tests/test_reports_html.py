"""The page needs nothing else, runs nothing, and shows hostile words as words."""

import re
from base64 import b64encode
from collections import Counter
from dataclasses import dataclass, field, replace
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from reports_samples import RULES, WAIVER, hostile, render, sample, violation
from stimson.findings import report

VOID = {"meta"}
EACH = pytest.mark.parametrize("make", [sample, hostile, lambda root: report([], 0)])


@dataclass
class Page(HTMLParser):
    """A page as a browser reads it: its elements with their attributes, and its text."""

    elements: list = field(default_factory=list)
    open: list = field(default_factory=list)
    text: str = ""
    style: str = ""

    def __post_init__(self):
        super().__init__()

    def handle_starttag(self, tag, attrs):
        """Note an element, and that it is open."""
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        """Close the element that was opened last, which must be this."""
        assert self.open.pop() == tag

    def handle_data(self, data):
        """Collect text; that of the style apart."""
        if self.open and self.open[-1] == "style":
            self.style += data
        else:
            self.text += data

    def all(self, tag, **attributes):
        """List the attributes of the elements of one name that have those given."""
        return [
            found
            for name, found in self.elements
            if name == tag and attributes.items() <= found.items()
        ]


def page(found, root, **style) -> Page:
    read = Page()
    read.feed(render("html", found, root, **style))
    read.close()
    return read


@EACH
def test_the_page_is_well_formed(make, tmp_path):
    read = page(make(tmp_path), tmp_path)

    assert read.open == []
    ids = Counter(found["id"] for _, found in read.elements if "id" in found)
    assert [name for name, number in ids.items() if number > 1] == []
    labels = {found["aria-labelledby"] for _, found in read.elements if "aria-labelledby" in found}
    assert labels <= set(ids)


@EACH
def test_the_page_loads_and_runs_nothing(make, tmp_path):
    read = page(make(tmp_path), tmp_path)

    names = {tag for tag, _ in read.elements}
    assert names.isdisjoint({"script", "img", "link", "iframe", "object", "form", "base", "svg"})
    attributes = {name for _, found in read.elements for name in found}
    assert not [name for name in attributes if name.startswith("on") or name in ("src", "style")]
    assert not re.search(r"url\(|@import", read.style)


@EACH
def test_the_policy_allows_the_style_of_the_page_and_nothing_else(make, tmp_path):
    read = page(make(tmp_path), tmp_path)

    (policy,) = read.all("meta", **{"http-equiv": "Content-Security-Policy"})
    digest = b64encode(sha256(read.style.encode()).digest()).decode()
    assert policy["content"] == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


@EACH
def test_every_link_leads_to_a_place_on_the_page(make, tmp_path):
    read = page(make(tmp_path), tmp_path)

    places = {f"#{found['id']}" for _, found in read.elements if "id" in found}
    assert {found["href"] for found in read.all("a")} <= places


def test_each_finding_can_be_linked_to_by_its_fingerprint(tmp_path):
    found = sample(tmp_path)
    read = page(found, tmp_path)

    assert {each["id"] for each in read.all("article")} == {
        f"finding-{finding.fingerprint}" for finding in found.findings
    }


def test_the_page_says_how_the_run_went(tmp_path):
    found = sample(tmp_path)
    failed, passed = page(found, tmp_path), page(replace(found, fail_on=None), tmp_path)

    assert "Does not conform" in failed.text
    assert "7 files checked: 2 violations, 2 warnings, 1 info, 1 waived." in failed.text
    assert "A run fails on any open violation." in " ".join(failed.text.split())
    assert "Does not conform" not in passed.text
    assert "Nothing fails a run with these settings." in passed.text
    assert "skipped: the project file names no counts" in failed.text
    assert "Nothing was compared." in failed.text


def test_the_page_shows_the_line_with_its_place(tmp_path):
    written = render("html", sample(tmp_path), tmp_path)

    assert "<pre><code>st:a <mark>s</mark>t:speaker st:b ;</code></pre>" in written


def test_a_place_at_the_end_of_a_line_is_marked_too(tmp_path):
    found = report([violation(tmp_path, column=99)], 1)
    sample(tmp_path)

    assert "st:b ;<mark> </mark></code>" in render("html", found, tmp_path)


def test_what_is_waived_stands_apart_with_reason_and_day(tmp_path):
    read = page(sample(tmp_path), tmp_path)

    classes = [found["class"] for found in read.all("article")]
    assert classes[-1] == "finding waived"
    assert classes.count("finding waived") == 1
    assert "The minutes do not say who spoke. until 2031-12-31" in read.text


def test_rules_that_found_nothing_are_listed(tmp_path):
    text = page(sample(tmp_path), tmp_path).text

    assert "2 rules found nothing" in text
    assert "An act has a title." in text


def test_the_gravest_and_most_frequent_rules_come_first(tmp_path):
    many = [violation(tmp_path, rule="urn:x:many", focus=f"x:{number}") for number in range(3)]
    found = sample(tmp_path)
    found = replace(found, findings=report([*found.findings, *many], 1).findings)

    text = page(found, tmp_path).text
    rules = ["urn:x:many", "syntax", "https://example.org/shapes#Person", "waiver-unused"]

    assert sorted(rules, key=text.index) == rules


def test_of_a_rule_with_very_many_findings_a_part_is_shown(tmp_path):
    many = [violation(tmp_path, focus=f"x:{number}") for number in range(1_234)]

    read = page(report(many, 1), tmp_path)

    assert len(read.all("article")) == 100
    assert "1,134 are left out here" in read.text
    assert "1,234 findings, 100 shown" in read.text
    assert "and 1,134 more" in read.text


def test_hostile_words_are_words(tmp_path):
    text = page(hostile(tmp_path), tmp_path).text

    for words in (
        "<script>alert('1')</script>",
        "<script>alert('2')</script>",
        "{{ 7 * 7 }}",
        "]]>",
    ):
        assert words in text
    assert "<U+001B>[31m <U+202E> \U0001f5fa" in text
    assert '"><img src=x> <U+202E>.ttl' in text


def test_hostile_lines_are_lines(tmp_path):
    file = tmp_path / "x.ttl"
    file.write_text("a </code></pre><script>alert(3)</script> b\n", encoding="utf-8")
    read = page(report([violation(tmp_path, file=file, line=1, column=1)], 1), tmp_path)

    assert "a </code></pre><script>alert(3)</script> b" in read.text
    assert read.all("script") == []


def test_a_report_of_waived_findings_only(tmp_path):
    found = replace(report([violation(tmp_path, waiver=WAIVER)], 1), rules=RULES)

    text = page(found, tmp_path).text

    assert "1 waived" in text
    assert "By file" not in text

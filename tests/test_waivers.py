"""Waivers let findings pass, for a reason and until a day, and are looked at themselves."""

import ast
import re
from datetime import date
from pathlib import Path

import pytest

from contexts import found, read_context
from stimson import names
from stimson.errors import InvalidFile
from stimson.findings import Finding, Report
from stimson.project import Project
from stimson.validation.catalogue import RULES, catalogue, stage_of
from stimson.validation.waivers import apply_waivers, read_waivers

ROOT = Path(__file__).parents[1]
CODE = ROOT / "server" / "stimson"
TODAY = date(2031, 5, 1)
SHAPE = f"{names.SHAPE}Statement-speaker"
NODE = f"{names.ID}statement/one"
WAIVER = """
[[waiver]]
rule = "shape:Statement-speaker"
focus = "statement:one"
reason = "The minutes do not say."
expires = 2031-05-01
"""


@pytest.fixture
def waive(tmp_path):
    """Apply waivers, given as text, to a finding in ``data/a/x.ttl``, which others vary."""
    (tmp_path / "data" / "a").mkdir(parents=True)
    (tmp_path / "data" / "a" / "x.ttl").touch()

    def waive(text: str, *, ran=None, sources=None, **changes) -> list[Finding]:
        path = tmp_path / "waivers.toml"
        path.write_text(text, encoding="utf-8")
        given = {
            "rule": SHAPE,
            "severity": "violation",
            "message": "Wrong.",
            "file": tmp_path / "data" / "a" / "x.ttl",
            "focus": NODE,
        }
        project = Project(tmp_path, waivers=path, sources=sources)
        return apply_waivers([Finding(**given | changes)], project, TODAY, ran)

    return waive


def test_a_waived_finding_is_kept_with_its_waiver_and_does_no_harm(waive):
    (finding,) = waive(WAIVER)

    assert finding.waiver is not None
    assert (finding.waiver.reason, finding.waiver.expires) == ("The minutes do not say.", TODAY)
    assert Report((finding,), 1).conforms
    assert not Report((finding,), 1).open


@pytest.mark.parametrize(
    "changes",
    [{"rule": f"{names.SHAPE}Other"}, {"focus": f"{names.ID}statement/two"}, {"focus": None}],
)
def test_another_rule_or_node_is_not_waived_and_the_waiver_is_unused(waive, changes):
    finding, unused = waive(WAIVER, **changes)

    assert finding.waiver is None
    assert found([unused]) == [("waiver-unused", "warning", "waivers.toml", 2, 1)]
    assert (unused.focus, unused.value) == (SHAPE, NODE)


@pytest.mark.parametrize(
    ("pattern", "covers"),
    [
        ("data/a/x.ttl", True),
        ("data/*/*.ttl", True),
        ("data/**/x.ttl", True),
        ("data/**", True),
        ("data", True),
        ("*.ttl", False),
        ("data/*.ttl", False),
        ("data/b/**", False),
    ],
)
def test_a_path_is_a_pattern_from_the_folder_of_the_file(waive, pattern, covers):
    finding, *_ = waive(WAIVER.replace('focus = "statement:one"', f'path = "{pattern}"'))

    assert (finding.waiver is not None) == covers


def test_node_and_path_must_both_fit(waive):
    text = WAIVER.replace("reason", 'path = "data/a/*"\nreason')

    assert waive(text)[0].waiver is not None
    assert waive(text, file=None)[0].waiver is None
    assert waive(text, focus=f"{names.ID}statement/two")[0].waiver is None


def test_an_expired_waiver_waives_nothing_and_is_a_violation(waive):
    text = WAIVER.replace("2031-05-01", "2031-04-30")
    finding, expired = waive(text)

    assert finding.waiver is None
    assert found([expired]) == [("waiver-expired", "violation", "waivers.toml", 2, 1)]
    assert "expired on 2031-04-30; correct what it waived, or renew it." in expired.message
    assert "waives nothing now" in waive(text, focus=None)[1].message


def test_a_waiver_is_not_unused_where_nobody_looked(waive):
    other = {"rule": f"{names.SHAPE}Other"}
    text = WAIVER.replace("shape:Statement-speaker", "quotation-text")

    assert len(waive(WAIVER, ran={"syntax"}, **other)) == 1
    assert len(waive(WAIVER, ran={"shacl"}, **other)) == 2
    assert len(waive(text)) == 1
    assert len(waive(text, sources=Path("sources"))) == 2
    assert len(waive(text, sources=Path("sources"), ran={"syntax"})) == 1


def test_one_of_ours_is_named_by_its_short_name(waive):
    finding, *others = waive(
        WAIVER.replace("shape:Statement-speaker", "literal"), rule=f"{names.RULE}literal"
    )

    assert finding.waiver is not None
    assert others == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('reason = "The minutes do not say."\n', "", "2: waiver 1 lacks reason"),
        ("The minutes do not say.", " ", "5: `reason` must be a sentence, not ' '"),
        ("2031-05-01", '"2031-05-01"', "6: `expires` must be a date such as 2031-12-31"),
        ("2031-05-01", "2031-05-01T00:00:00", "6: `expires` must be a date such as"),
        ("expires", "expire", "6: unknown key `expire` in `waiver 1`; did you mean expires?"),
        ('focus = "statement:one"\n', "", "2: waiver 1 needs `focus` or `path`"),
        ("shape:Statement-speaker", "litral", "3: no rule is called `litral`; did you mean lite"),
        ("shape:Statement-speaker", "rule:x", "3: no rule is called `rule:x`; choose from"),
        ("shape:Statement-speaker", "ex:Shape", "3: 'ex:Shape' is neither an IRI nor"),
        ("statement:one", "_:b1", "4: '_:b1' is neither an IRI nor"),
        ('focus = "statement:one"', 'path = "/data"', "4: `path` must be a pattern of relative"),
        ("[[waiver]]", "[waiver]", "2: `waiver` must be a list of tables, each begun by"),
        ("[[waiver]]", "[[waivers]]", "2: unknown key `waivers`; did you mean waiver?"),
    ],
)
def test_a_malformed_waiver_is_refused_at_its_line(waive, old, new, problem):
    assert old in WAIVER

    with pytest.raises(InvalidFile, match=re.escape(f"waivers.toml:{problem}")):
        waive(WAIVER.replace(old, new))


def test_prefixes_of_the_project_are_known(tmp_path):
    path = tmp_path / "waivers.toml"
    path.write_text(WAIVER.replace("shape:Statement-speaker", "ex:Shape"), encoding="utf-8")

    (waiver,) = read_waivers(path, {"ex": "https://example.org/shapes#"})

    assert waiver.rule == "https://example.org/shapes#Shape"


def test_without_a_file_nothing_is_waived(tmp_path):
    finding = Finding(SHAPE, "violation", "Wrong.")

    assert apply_waivers([finding], Project(tmp_path), TODAY) == [finding]


def slugs() -> set[str]:
    """List the short names of rules that the code of the stages spells out."""
    named = set()
    for path in [
        CODE / "sources" / "quotations.py",
        *(CODE / "validation").glob("*.py"),
        *(CODE / "validation" / "ontology").glob("*.py"),
    ]:
        if path.name == "rules.py":
            continue
        tree = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        ends = [
            node.values[1]
            for node in tree
            if isinstance(node, ast.JoinedStr) and ast.unparse(node).startswith("f'{names.RULE}")
        ]
        named |= {end.value for end in ends if isinstance(end, ast.Constant)}
        if any(isinstance(end, ast.FormattedValue) for end in ends):
            words = {node.value for node in tree if isinstance(node, ast.Constant)}
            named |= {word for word in words if isinstance(word, str) and SLUG.fullmatch(word)}
    for path in (CODE / "mappings").glob("*.py"):
        words = re.findall(r'"(mapping-[a-z]+)"', path.read_text(encoding="utf-8"))
        named |= set(words)
    return named


# Those of one word cannot be told from other words.
SLUG = re.compile(r"[a-z]+(-[a-z]+)+|apostrophe|literal|unnormalised")


def test_every_rule_in_the_code_is_in_the_catalogue_and_the_other_way_round():
    assert {f"{names.RULE}{slug}" for slug in slugs()} == set(RULES)


def test_the_catalogue_names_the_shapes_and_describes_them(project):
    context = read_context(project.root)
    rules = catalogue(context.dataset, context.project)

    assert set(rules) == {*RULES, SHAPE, f"{SHAPE[:-8]}-speechAct", f"{names.SHAPE}Statement"}
    assert rules[SHAPE].name == "Statement-speaker"
    assert rules[SHAPE].description == "A statement is made by an actor. Name one."
    assert rules[f"{names.SHAPE}Statement"].description == "What Statement demands."
    assert stage_of(SHAPE) == "shacl"
    assert stage_of(f"{names.RULE}gap") == "references"


def test_every_rule_is_documented_as_it_is():
    page = (ROOT / "docs" / "validating.md").read_text(encoding="utf-8")
    section = page.partition("\n## Rules\n")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ") and "`" in line]

    assert rows == [
        f"| {stage_of(rule.iri)} | `{rule.name}` | {rule.description} |" for rule in RULES.values()
    ]
    assert all(rule.description.endswith(".") for rule in RULES.values())

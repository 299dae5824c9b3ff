"""Wording that takes a side is found where the graph speaks for itself, and nowhere else."""

import re
from datetime import date
from pathlib import Path

import pytest

from contexts import found, read_context
from reports_samples import render
from stimson import names, paths
from stimson.errors import InvalidFile
from stimson.findings import Finding
from stimson.project import OTHERS_WORDS, Project, read_project
from stimson.validation.neutrality import check_denials, check_wording
from stimson.validation.pipeline import validate
from stimson.validation.reports import FORMATS
from stimson.validation.waivers import apply_waivers
from stimson.validation.wording import WordList, read_words

ROOT = Path(__file__).parents[1]
WORDS = read_words([paths.WORDS])
HEAD = """\
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix ex: <https://example.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix st: <https://w3id.org/stimson/ontology#> .
@prefix stv: <https://w3id.org/stimson/vocabulary/> .
"""
APOSTROPHE = "\u2019"
CHOSEN = '[validate]\ndata = "data"\n[validate.neutrality]\nwords = ["stimson"]\n'


def used(text: str, language: str = "en", words: WordList = WORDS) -> list[str]:
    return [use.word.slug for use in words.uses(text, language)]


@pytest.fixture
def write(tmp_path):
    """Write a project of one data file, and read it."""
    (tmp_path / "data").mkdir()

    def write(turtle: str, toml: str = CHOSEN) -> Path:
        (tmp_path / "data" / "a.ttl").write_text(HEAD + turtle, "utf-8")
        (tmp_path / "stimson.toml").write_text(toml, "utf-8")
        return tmp_path

    return write


# Words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "illegal annexation of the liberated Golan by the regime",
            ["annexation", "illegal", "liberation", "regime"],
        ),
        ("Annexed territories", ["annexation"]),
        ("the Russian-annexed regions", ["annexation"]),
        ("a purported treaty, and an annexation by others that nobody wants", ["annexation"]),
        ("the so-called republic", ["so-called"]),
        ("the self-proclaimed republic", ["self-proclaimed"]),
        (
            "breakaway region of terrorists and separatists",
            ["breakaway", "separatist", "terrorist"],
        ),
        ("goals of the special military operation", ["special-operation"]),
        ("land lost in spring and taken back in autumn", ["lost-and-taken-back"]),
        ("a puppet of the occupiers", ["occupier", "puppet"]),
        ("propagandists on a defeat", ["defeat", "propaganda"]),
        ("Reunification of the peninsula", ["reunification"]),
        ("the states' annexation and the peoples' war", ["annexation"]),
        ("settlements of the region are seized by the enemy", ["seizure"]),
        ("it 'seems' that they liberated it", ["liberation"]),
        ("an “unclosed quotation about the annexation", ["annexation"]),
    ],
)
def test_words_that_take_a_side_are_found(text, expected):
    assert used(text) == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("анексія Криму", "uk", "annexation"),
        (f"возз{APOSTROPHE}єднання", "uk", "reunification"),
        ("возз'єднання", "uk", "reunification"),
        ("окупанти й так звані сепаратисти", "uk", "occupier"),
        ("аннексия Крыма", "ru", "annexation"),
        ("освобождённые районы", "ru", "liberation"),
        ("цели спецоперации", "ru", "special-operation"),
        ("annexed", "en-GB", "annexation"),
    ],
)
def test_words_are_found_in_each_language(text, language, expected):
    assert expected in used(text, language)


@pytest.mark.parametrize(
    "text",
    [
        "purported annexation of four regions",
        "the purported and much discussed annexation",
        "regions that Russia purportedly annexed",
        "an attempt to annex the region",
        'the word "annexation" is the writer\'s',
        "the word “annexation” is the writer\u2019s",
        "the words «annexed by the regime»",
        "what the writer calls \u2018the people\u2019s annexation\u2019",
        "calls it 'annexed', others do not",
        "the concept `annexation`",
        "page example.org/2031/annexation-of-the-isles",
        "see act:annexation-2031",
        "Palestine Liberation Organization",
        "sanctions regime against the board",
        "the regiment and the annexe; a defect; a sizeable isle",
        "unlawful, void and recaptured",
    ],
)
def test_what_takes_no_side_is_not_found(text):
    assert used(text) == []


def test_a_word_of_one_language_is_nothing_in_another():
    assert used("annexation", "de") == []
    assert used("спецоперации", "en") == []


def test_every_word_has_a_reason_a_suggestion_and_three_languages():
    for word in WORDS.words:
        assert word.reason.endswith("."), word.slug
        assert word.suggestion.endswith("."), word.slug
        assert {"en", "uk", "ru"} <= set(word.forms), word.slug
        assert not used(word.suggestion), word.slug


def test_every_word_is_documented_as_it_is():
    page = (ROOT / "docs" / "validating.md").read_text("utf-8")
    section = page.partition("\n## Neutral wording\n")[2].partition("\n## ")[0]
    rows = [line.split(" | ") for line in section.splitlines() if line.startswith("| `")]

    assert [(row[0], row[2], row[3]) for row in rows] == [
        (f"| `{word.slug}`", word.reason, f"{word.suggestion} |") for word in WORDS.words
    ]


# The graph


def test_a_finding_names_word_place_value_and_what_to_write(write):
    root = write('ex:one a st:Event ;\n    rdfs:label "illegal annexation by the regime"@en .\n')

    first, *_ = sorted(check_wording(read_context(root)), key=lambda finding: finding.rule)
    assert (first.rule, first.severity) == (f"{names.RULE}neutrality-annexation", "warning")
    assert (first.file, first.line, first.column) == (root / "data" / "a.ttl", 7, 16)
    assert (first.focus, first.value) == (
        "https://example.org/one",
        '"illegal annexation by the regime"@en',
    )
    assert "“annexation” takes a side" in first.message
    assert "Write instead: purported annexation" in first.message


def test_all_own_words_are_looked_at_and_no_words_of_others(write):
    properties = ("rdfs:label", "st:gist", "st:reason", "st:dateNote", "st:someNewProperty")
    for each in (*properties, *(name for name in OTHERS_WORDS if name[:2] in ("st", "dc"))):
        root = write(f'ex:one {each} "the annexed isle"@en .\n')
        assert bool(found(check_wording(read_context(root)))) == (each in properties), each


def test_text_without_a_language_is_no_wording(write):
    root = write('ex:one rdfs:label "annexed" , "annexed"^^<https://example.org/type> .\n')

    assert not list(check_wording(read_context(root)))


def test_a_project_says_what_is_left_out_and_how_grave_it_is(write):
    chosen = CHOSEN + 'severity = "violation"\nleave-out = ["rdfs:label"]\n'
    root = write('ex:one rdfs:label "annexed"@en ; dcterms:title "annexed"@en .\n', chosen)

    assert found(check_wording(read_context(root))) == [
        ("neutrality-annexation", "violation", "a.ttl", 6, 48)
    ]


def test_headers_of_queries_are_looked_at(write):
    root = write("", CHOSEN.replace("[validate.n", 'queries = "queries"\n[validate.n'))
    (root / "queries").mkdir()
    (root / "queries" / "who.rq").write_text(
        '#+ title: Who took it\n#+ question: "Who liberated it, and what is “liberated”?"\n'
        "#+ keywords: [isle]\n#+ columns:\n#+   who: one of the occupiers\n"
        "#+ parameters:\n#+   act: {type: iri, class: st:Act, default: act:annexation, doc: act}\n"
        "SELECT ?who\nWHERE {\n  ?who ?liberated ?x\n}\n",
        "utf-8",
    )

    assert found(check_wording(read_context(root))) == [
        ("neutrality-liberation", "warning", "who.rq", 2, 19),
        ("neutrality-occupier", "warning", "who.rq", 5, 22),
    ]


def test_further_texts_are_looked_at_without_markup_and_code(write):
    root = write("", CHOSEN + 'texts = ["pages/*.html", "*.md"]\n')
    (root / "pages").mkdir()
    (root / "pages" / "a.html").write_text(
        '<p class="annexed">{{ liberated }} isles of the regime</p>\n', "utf-8"
    )
    (root / "a.md").write_text(
        "The [regime](regime.md)\n\n```bash\nannexed\n```\n\n`annexed`\n", "utf-8"
    )

    assert found(check_wording(read_context(root))) == [
        ("neutrality-regime", "warning", "a.md", 1, 6),
        ("neutrality-regime", "warning", "a.html", 1, 49),
    ]


# Denied claims


@pytest.mark.parametrize(
    ("label", "language", "denies"),
    [
        ("the isle was not taken (Board)", "en", True),
        ("nobody took the isle (Board)", "en", True),
        ("the board doesn\u2019t hold it", "en", True),
        ("the board doesn't hold it", "en", True),
        ("the board denies that it holds it", "en", True),
        ("острів не взято", "uk", True),
        ("the isle was taken (Board)", "en", False),
        ("notable isle of the north", "en", False),
        ("острів взято", "uk", False),
        ("die Insel wurde genommen", "de", True),
    ],
)
def test_the_label_of_a_denied_claim_denies(write, label, language, denies):
    root = write(f'ex:one st:polarity stv:denied ; rdfs:label "{label}"@{language} .\n')

    expected = [] if denies else [("denied-label", "warning", "a.ttl", 6, 44)]
    assert found(check_denials(read_context(root))) == expected


def test_what_is_affirmed_needs_no_negation(write):
    root = write('ex:one st:polarity stv:affirmed ; rdfs:label "it was taken"@en .\n')

    assert not list(check_denials(read_context(root)))


# Which projects, which words


def test_other_projects_are_left_alone(write):
    root = write(
        'ex:one rdfs:label "annexed"@en ; st:polarity stv:denied .\n', '[validate]\ndata="data"\n'
    )
    report = validate(read_project(root, stages=["neutrality"]))

    assert report.findings == ()
    (skipped,) = (each.skipped for each in report.stages if each.name == "neutrality")
    assert skipped == "not asked for" or "names no words" in skipped
    assert not any("neutrality-" in rule for rule in report.rules)


def test_the_words_of_a_project_are_not_for_the_data_of_others(write):
    root = write("")

    assert read_project(root).neutrality is not None
    assert read_project(root, data=root / "data").neutrality is None


def test_a_project_adds_words_changes_them_and_switches_them_off(write):
    chosen = CHOSEN.replace('["stimson"]', '["stimson", "own.toml"]')
    root = write('ex:one rdfs:label "the islanders\u2019 regime annexed it"@en .\n', chosen)
    (root / "own.toml").write_text(
        '[word.islanders]\nreason = "a."\nsuggestion = "b."\nforms = { en = ["islander*"] }\n'
        '[word.regime]\nreason = "a."\nsuggestion = "b."\nforms = {}\n',
        "utf-8",
    )

    rules = [rule for rule, *_ in found(check_wording(read_context(root)))]
    assert rules == ["neutrality-annexation", "neutrality-islanders"]
    (root / "stimson.toml").write_text(chosen.replace('"stimson", ', ""), "utf-8")
    rules = [rule for rule, *_ in found(check_wording(read_context(root)))]
    assert rules == ["neutrality-islanders"]


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("[word.Big]\n", "`Big` is no name"),
        ('[word.a]\nreason = "a"\n', "`word.a` lacks suggestion, forms"),
        ('[word.a]\nreason="a"\nsuggestion="b"\nforms={en="x"}\n', "`forms` must be a table"),
        ('[word.a]\nreason="a"\nsuggestion="b"\nforms={en=["* ... b"]}\n', "`forms` must be"),
        ('[word.a]\nreason="a"\nsuggestion="b"\nforms={}\nwhy="c"\n', "unknown key `why`"),
        ("[words.a]\n", "unknown key `words`; did you mean word?"),
    ],
)
def test_a_file_of_words_that_is_wrong_is_named_with_its_line(tmp_path, file, message):
    path = tmp_path / "own.toml"
    path.write_text(file, "utf-8")

    with pytest.raises(InvalidFile, match=re.escape(message)) as fault:
        read_words([path])
    assert fault.value.line


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("", "`neutrality` needs `words`"),
        ('words = ["none.toml"]', "which does not exist"),
        ("words = []", "`words` must be"),
        ('words = ["stimson"]\nseverity = "grave"', "`severity` must be"),
        ('words = ["stimson"]\nleave-out = ["nobody:x"]', "begins with a known prefix"),
        ('words = ["stimson"]\ntexts = ["/etc/*"]', "`texts` must be"),
    ],
)
def test_what_is_wrong_in_the_project_file_is_named(write, toml, message):
    root = write("", f'[validate]\ndata = "data"\n[validate.neutrality]\n{toml}\n')

    with pytest.raises(InvalidFile, match=re.escape(message)):
        read_project(root)


# Waivers and reports


def test_a_word_can_be_waived(write):
    root = write('ex:one rdfs:label "annexed by the regime"@en .\n')
    (root / "waivers.toml").write_text(
        '[[waiver]]\nrule = "neutrality-regime"\npath = "data/*.ttl"\nreason = "A name."\n'
        "expires = 2999-12-31\n",
        "utf-8",
    )
    report = validate(read_project(root, stages=["neutrality"]))

    waived = {finding.rule: finding.waiver is not None for finding in report.findings}
    assert waived == {
        f"{names.RULE}neutrality-regime": True,
        f"{names.RULE}neutrality-annexation": False,
    }
    assert all(finding.stage == "neutrality" for finding in report.findings)
    assert report.rules[f"{names.RULE}neutrality-regime"].name == "neutrality-regime"


def test_a_waiver_of_a_word_that_is_not_listed_is_refused(write):
    root = write("")
    (root / "waivers.toml").write_text(
        '[[waiver]]\nrule = "neutrality-regimen"\npath = "data"\nreason = "x"\n'
        "expires = 2999-12-31\n",
        "utf-8",
    )

    with pytest.raises(InvalidFile, match="did you mean neutrality-regime"):
        validate(read_project(root))


def test_a_waiver_of_a_word_is_not_unused_where_words_were_not_looked_for(tmp_path):
    (tmp_path / "waivers.toml").write_text(
        '[[waiver]]\nrule = "neutrality-regime"\npath = "data"\nreason = "x"\n'
        "expires = 2999-12-31\n",
        "utf-8",
    )
    neutrality = read_project(ROOT).neutrality
    project = Project(tmp_path, waivers=tmp_path / "waivers.toml", neutrality=neutrality)

    def rules(ran: set[str]) -> list[Finding]:
        return apply_waivers([], project, date(2031, 1, 1), ran)

    assert not rules({"syntax"})
    (unused,) = rules({"neutrality"})
    assert unused.rule == f"{names.RULE}waiver-unused"


@pytest.mark.parametrize("name", FORMATS)
def test_every_report_tells_of_words(write, tmp_path, name):
    root = write('ex:one rdfs:label "annexed by the regime"@en .\n')
    report = validate(read_project(root, stages=["neutrality"], fail_on="warning"))

    written = render(name, report, tmp_path)
    assert "takes a side" in written

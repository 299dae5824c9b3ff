"""A project's file is found, read with care, and has the last word but one."""

import subprocess
from pathlib import Path

import pytest

from stimson import names, paths
from stimson.errors import InvalidFile, NothingToRead, StimsonError
from stimson.project import ALL, STAGES, Count, read_project
from stimson.project.toml import read_toml
from stimson.rdf import Folders

ROOT = Path(__file__).parents[1]
OWN = ("data", "shapes", "ontology", "queries", "sources")


@pytest.fixture
def write(tmp_path):
    """Make a repository with the folders of a project, and write its file."""
    (tmp_path / ".git").mkdir()
    for folder in OWN:
        (tmp_path / folder).mkdir()

    def write(text: str) -> Path:
        (tmp_path / "stimson.toml").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def test_our_own_file_is_read():
    project = read_project(ROOT / "server" / "stimson")

    assert (project.root, project.file) == (ROOT, ROOT / "stimson.toml")
    assert project.folders == Folders(ROOT / "ontology", ROOT / "shapes", ROOT / "data")
    assert project.queries == ROOT / "queries"
    assert (project.terms, project.things) == (
        (names.ST, names.STV),
        (names.ID, names.SHAPE),
    )
    assert [count for count in project.counts if count.of == f"{names.ST}State"] == [
        Count(f"{names.ST}State", 196, 196, line_of("st:State") - 1)
    ]
    assert project.fail_on == "violation"
    assert project.neutrality is not None
    assert (project.neutrality.words, project.neutrality.severity) == ((paths.WORDS,), "violation")


def line_of(name: str) -> int:
    lines = (ROOT / "stimson.toml").read_text(encoding="utf-8").split("\n")
    return 1 + lines.index(f'class = "{name}"')


def test_without_a_file_the_project_is_what_is_shipped(tmp_path):
    project = read_project(tmp_path)

    assert project.folders == Folders()
    assert (project.queries, project.file, project.waivers) == (paths.QUERIES, None, None)
    assert project.terms == (names.ST, names.STV)


def test_the_file_of_a_folder_above_the_repository_is_not_read(write, tmp_path):
    write('[validate]\nfail-on = "info"')
    inner = tmp_path / "other" / "deep"
    inner.mkdir(parents=True)

    assert read_project(inner).fail_on == "info"

    subprocess.run(["git", "init", "-q", inner.parent], check=True)
    assert read_project(inner).fail_on == "violation"


def test_every_key_is_read(write):
    root = write(
        """
        [validate]
        data = "data"
        shapes = "shapes"
        ontology = "ontology"
        queries = "queries"
        sources = "sources"
        waivers = "stimson.toml"
        stages = ["shacl", "syntax"]
        fail-on = "never"
        terms = ["https://example.org/ns#"]
        things = []

        [[validate.counts]]
        class = "ex:Thing"
        maximum = 3

        [prefixes]
        ex = "https://example.org/ns#"
        """
    )
    project = read_project(root)

    assert project.folders == Folders(root / "ontology", root / "shapes", root / "data")
    assert (project.queries, project.sources) == (root / "queries", root / "sources")
    assert project.waivers == root / "stimson.toml"
    assert (project.stages, project.fail_on) == (("shacl", "syntax"), None)
    assert (project.terms, project.things) == (("https://example.org/ns#",), ())
    assert project.counts == (Count("https://example.org/ns#Thing", None, 3, 14),)
    assert project.prefixes == {"ex": "https://example.org/ns#"}


def test_who_names_standards_of_his_own_has_none_of_ours(write):
    root = write("")

    only_shapes = read_project(root, data=root / "data", shapes=root / "shapes")
    assert only_shapes.folders == Folders(None, root / "shapes", root / "data")
    assert (only_shapes.terms, only_shapes.things) == ((), ())
    assert only_shapes.queries is None

    only_ontology = read_project(root, data=root / "data", ontology=root / "ontology")
    assert only_ontology.folders == Folders(root / "ontology", None, root / "data")
    assert only_ontology.terms == (names.ST, names.STV)


def test_who_names_data_only_has_all_standards_of_ours(tmp_path):
    project = read_project(tmp_path, data=tmp_path)

    assert project.folders == Folders(data=tmp_path)
    assert (project.terms, project.queries) == ((names.ST, names.STV), None)


def test_shapes_without_data_are_an_error(write):
    with pytest.raises(NothingToRead, match="name their folder with --data, or by `data` in"):
        read_project(write('[validate]\nshapes = "shapes"'))


def test_the_command_line_goes_first(write, tmp_path):
    root = write(
        '[validate]\ndata = "data"\nqueries = "queries"\nsources = "sources"\n'
        'stages = ["shacl"]\nfail-on = "info"\n'
        '[[validate.counts]]\nclass = "st:Act"\nminimum = 1\n'
    )
    (root / "waivers.toml").touch()
    other = tmp_path / "other"

    same = read_project(root, stages=("syntax",), fail_on="warning", queries=other)
    assert (same.stages, same.fail_on, same.queries) == (("syntax",), "warning", other)
    assert (same.sources, same.waivers) == (root / "sources", root / "waivers.toml")

    # What the file demands of its own data, it does not demand of others.
    moved = read_project(root, data=other)
    assert moved.folders.data == other
    assert (moved.counts, moved.queries, moved.sources, moved.waivers) == ((), None, None, None)
    assert (moved.stages, moved.fail_on) == (("shacl",), "info")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[validate]\ndta = 'x'", "2: unknown key `dta` in `validate`; did you mean data?"),
        ("[validat]\n", "1: unknown key `validat`; did you mean validate?"),
        ("[validate]\nshapes = 3", "2: `shapes` must be a path, not 3"),
        ("validate = 3", "1: `validate` must be a table, not 3"),
        ("[validate]\nfail-on = 'error'", '2: `fail-on` must be one of "violation", "warn'),
        ("[validate]\nstages = ['shcl']", '2: `stages` must be a list of some of "syntax"'),
        ("[validate]\nstages = []", "2: `stages` must be a list of some of"),
        ("[validate]\nterms = ['st']", "2: `terms` must be a list of IRIs, not ['st']"),
        ("[validate]\n\ndata = 'dta'", "3: `data` names {root}/dta, which does not exist"),
        ("[validate]\nwaivers = 'w'", "2: `waivers` names {root}/w, which does not exist"),
        ("[validate]\ncounts = 3", "2: `counts` must be a list of tables"),
        (
            "[[validate.counts]]\nclass = 'st:Act'",
            "1: a count needs `class`, and `minimum` or `maximum`",
        ),
        ("[[validate.counts]]\nminimum = true", "2: `minimum` must be a whole number, not True"),
        (
            "[validate]\n[[validate.counts]]\nclass = 'st:Act'\nminimum = 0\n"
            "[[validate.counts]]\nclass = 'st:Act'\nminimum = 3\nmaximum = 2\n",
            "5: `minimum` 3 is above `maximum` 2",
        ),
        (
            "[[validate.counts]]\nmaximum = 3\nclass = 'ex:Act'",
            "3: 'ex:Act' is neither an IRI nor begins with a known prefix",
        ),
        (
            "[[validate.counts]]\nmaximum = 3\nclas = 'ex:Act'",
            "3: unknown key `clas` in `validate.counts 1`; did you mean class?",
        ),
        ("[prefixes]\nex = 'x'", "2: prefix `ex` must stand for an IRI"),
        ("[validate]\ndata = x", "2:8: Invalid value"),
        ("[validate\n", "1:10: Expected ']'"),
        ('[validate]\ndata = """', "2: Unterminated string"),
    ],
)
def test_a_wrong_file_is_refused_at_its_line(write, text, problem):
    root = write(text)

    with pytest.raises(InvalidFile) as fault:
        read_project(root)

    assert str(fault.value).startswith(f"{root}/stimson.toml:{problem.format(root=root)}")


def test_a_file_that_is_no_text_is_refused(write):
    root = write("")
    (root / "stimson.toml").write_bytes(b"[validate]\n# \xff")

    with pytest.raises(InvalidFile, match="2:3: not UTF-8"):
        read_project(root)


def test_an_unknown_stage_or_severity_is_refused(tmp_path):
    with pytest.raises(StimsonError, match="No stage is called 'shapes'; choose from counts"):
        read_project(tmp_path, stages=("shapes",))
    with pytest.raises(StimsonError, match="'warn'; did you mean warning"):
        read_project(tmp_path, fail_on="warn")


def test_lines_are_those_of_statements_not_of_words_in_strings(tmp_path):
    path = tmp_path / "x.toml"
    path.write_text(
        '# [[waiver]]\n[[waiver]]\nreason = """\n[[waiver]]\n"""\nlist = [\n  1,\n]\nend = 1\n'
        "[[waiver]]\r\nend = {inner = 2}\r\n",
        encoding="utf-8",
        newline="",
    )
    toml = read_toml(path)

    assert dict(toml.lines) == {
        ("waiver",): 2,
        ("waiver", 0): 2,
        ("waiver", 0, "reason"): 3,
        ("waiver", 0, "list"): 6,
        ("waiver", 0, "list", 0): 6,
        ("waiver", 0, "end"): 9,
        ("waiver", 1): 10,
        ("waiver", 1, "end"): 11,
        ("waiver", 1, "end", "inner"): 11,
    }
    assert toml.line("waiver", 1, "missing") == 10
    assert toml.line("nowhere") is None


def test_the_stages_are_those_that_run():
    from stimson.validation.stages import STAGES as RUN

    assert tuple(stage.name for stage in RUN) == STAGES


def test_every_key_is_documented_as_it_is():
    page = (ROOT / "docs" / "validating.md").read_text(encoding="utf-8")
    section = page.partition("\n## stimson.toml\n")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]

    assert rows == [
        f"| `{table}{key.name}` | {key.shape} | {key.default} | {key.doc} |" for table, key in ALL
    ]

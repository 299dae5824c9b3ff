"""The GitHub action and the examples for other hosts, as far as they run without these hosts.

A step is run as GitHub's runner does it: its script in a file, by bash with its options,
with the environment that the step names.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

ROOT = Path(__file__).parents[1]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
INSTALL, VALIDATE = ACTION["runs"]["steps"]
SCRIPTS = [ROOT / ".ci" / "run", ROOT / ".ci" / "validate"]
PAGE = (ROOT / "docs" / "validating.md").read_text("utf-8")
FOLDERS = {"data": "data", "shapes": "shapes", "ontology": "ontology"}
# What would run, were it ever read by a shell.
HOSTILE = [
    "$(touch pwned)",
    "`touch pwned`",
    "'; touch pwned; '",
    '"; touch pwned; "',
    "a\ntouch pwned",
]
NEW_BASH = r"declare -A|mapfile|readarray|\$\{\w+(,,|\^\^|@)|&>>|\|&|\bcoproc\b|local -n"


def example(heading, language):
    """Take the first example of a language below a heading of the page on validating."""
    section = PAGE.split(f"\n### {heading}\n")[1].split("\n### ")[0]
    return re.search(rf"```{language}\n(.*?)```", section, re.DOTALL)[1]


class Runner:
    """A runner of GitHub's, on which a project is checked out."""

    def __init__(self, workspace, temp):
        self.workspace, self.temp = workspace, temp
        self.output = temp / "output"

    def step(self, step, python=sys.executable, **inputs):
        """Run a step of the action with some inputs."""
        assert inputs.keys() <= ACTION["inputs"].keys()
        given = {name: each["default"] for name, each in ACTION["inputs"].items()}
        given |= {"python": python, **inputs}

        def evaluate(text):
            return re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda match: given[match[1]], text)

        script = self.temp / "script.sh"
        script.write_text(step["run"])
        self.output.write_text("")
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
            cwd=self.workspace / evaluate(step.get("working-directory", ".")),
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.temp),
                "GITHUB_ACTIONS": "true",
                "GITHUB_ACTION_PATH": str(ROOT),
                "GITHUB_OUTPUT": str(self.output),
                "RUNNER_TEMP": str(self.temp),
                "TMPDIR": str(self.temp / "tmp"),
                **{key: value for key, value in os.environ.items() if key.startswith("PIP_")},
                **{name: evaluate(text) for name, text in step["env"].items()},
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def validate(self, **inputs):
        """Validate, and give the process and what it set as outputs."""
        done = self.step(VALIDATE, **inputs)
        return done, dict(line.split("=") for line in self.output.read_text().splitlines())


def put_command(path):
    """Write a `stimson` that is the one under test."""
    path.parent.mkdir(parents=True)
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m stimson "$@"\n')
    path.chmod(0o755)


@pytest.fixture
def runner(project, tmp_path):
    """A runner on which the action has been installed."""
    temp = tmp_path / "a runner's temp"
    (temp / "tmp").mkdir(parents=True)
    put_command(temp / "stimson" / "bin" / "stimson")
    return Runner(project.root, temp)


def spoil(project):
    project.change(project.minutes, "as binding", "as bindinq")


# what it says of itself


def test_every_input_is_explained_and_used():
    for name, each in ACTION["inputs"].items():
        assert each.keys() == {"description", "default"}, name
        used = [step for step in (INSTALL, VALIDATE) if f"inputs.{name} }}}}" in str(step)]
        assert len(used) == 1, name
    assert ACTION["outputs"]["conforms"]["value"] == "${{ steps.validate.outputs.conforms }}"
    assert VALIDATE["id"] == "validate"


def test_no_script_holds_an_expression():
    """What GitHub puts into a script is run: a title of a pull request could be."""
    for step in (INSTALL, VALIDATE):
        assert step["shell"] == "bash"
        assert "${{" not in step["run"]


def test_the_page_names_every_input():
    section = PAGE.split("### GitHub Actions")[1].split("### GitLab")[0]
    assert {name for name in ACTION["inputs"] if f"`{name}`" not in section} == set()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_the_scripts_are_for_the_bash_of_macos_too(script):
    text = "\n".join(line.split("  #")[0] for line in script.read_text().splitlines())
    code = re.sub(r"(?m)^\s*#.*", "", text)

    assert os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", script], check=True)
    assert re.findall(NEW_BASH, code) == []
    # bash 3.2 with `set -u` takes an empty list for one that is not set.
    assert re.findall(r'(?<!\+)"\$\{\w+\[@\]\}"', code) == []


# what it does


def test_a_sound_project_passes(runner):
    done, outputs = runner.validate(**FOLDERS, sources="sources")

    assert done.returncode == 0
    assert done.stderr.startswith("Reading data, shapes, ontology, sources ")
    assert outputs == {"conforms": "true"}
    assert "5 files checked, nothing found\n" in done.stdout
    assert "::" not in done.stdout
    assert list((runner.temp / "tmp").iterdir()) == []


def test_what_is_wrong_is_annotated_and_reported(runner, project):
    spoil(project)
    reports = {"sarif": "a b.sarif", "junit": "x.xml", "html": "x.html"}
    done, outputs = runner.validate(**FOLDERS, **reports)

    assert (done.returncode, outputs) == (1, {"conforms": "false"})
    assert "[quotation-seal]" in done.stdout  # the text, for the log
    assert f"file={project.minutes},line=" in done.stdout
    assert done.stdout.index("files checked: 1 violation") < done.stdout.index("::error ")
    log = json.loads((project.root / "a b.sarif").read_text())
    assert len(log["runs"][0]["results"]) == 1
    assert len(ElementTree.parse(project.root / "x.xml").findall(".//failure")) == 1
    assert "quotation-seal" in (project.root / "x.html").read_text()
    assert list((runner.temp / "tmp").iterdir()) == []


def test_what_cannot_be_carried_out_fails_as_such(runner):
    done, outputs = runner.validate(data="nowhere")

    assert (done.returncode, outputs) == (2, {"conforms": "false"})
    assert "Directory 'nowhere' does not exist." in done.stderr


def test_files_are_named_one_on_a_line(runner, project):
    spoil(project)
    actors = project.root / "data" / "actors"
    (actors / "states.ttl").rename(actors / "-my states.ttl")

    named = "\ndata/actors/-my states.ttl\n\ndata/act*/*.ttl\n"
    done, _ = runner.validate(**FOLDERS, paths=named)
    assert done.returncode == 0
    assert "1 file checked, nothing found" in done.stdout
    done, _ = runner.validate(**FOLDERS, paths="data")
    assert done.returncode == 1


def test_it_runs_in_the_folder_and_by_the_measure_that_are_named(runner, project):
    project.change(project.minutes, "stv:assertion ;", "stv:assertion , stv:denial ;")
    (project.root / "stimson.toml").write_text(
        "[validate]\n" + "".join(f'{part} = "{part}"\n' for part in FOLDERS)
    )
    assert runner.validate(**{"working-directory": "data"})[0].returncode == 0
    strict = {"working-directory": "data", "fail-on": "warning"}
    done, outputs = runner.validate(**strict)
    assert (done.returncode, outputs) == (1, {"conforms": "false"})
    assert "::warning " in done.stdout
    done, _ = runner.validate(changed="no-such-revision")
    assert done.returncode == 2


@pytest.mark.parametrize("name", [each for each in ACTION["inputs"] if each != "working-directory"])
def test_an_input_is_never_taken_for_shell(runner, project, name):
    step = INSTALL if f"inputs.{name} }}}}" in str(INSTALL) else VALIDATE
    for text in HOSTILE[: None if name in ("paths", "python") else 1]:
        # Reports may be called anything; of the others, none of this is a value.
        done = runner.step(step, **FOLDERS | {name: text})
        assert name in ("sarif", "junit", "html") or done.returncode in (2, 126, 127)
    assert list(project.root.parent.rglob("pwned")) == []


def test_a_python_that_is_too_old_is_named(runner, tmp_path):
    old = tmp_path / "python"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)

    done = runner.step(INSTALL, python=str(old))
    assert done.returncode == 2
    assert done.stdout.startswith("::error::Python 3.11 or newer is needed;")


@pytest.mark.slow
def test_it_installs_itself_and_then_runs(runner, project):
    shutil.rmtree(runner.temp / "stimson")

    done = runner.step(INSTALL)
    assert done.returncode == 0, done.stderr
    assert runner.validate(**FOLDERS, sources="sources")[0].returncode == 0
    spoil(project)
    done, outputs = runner.validate(**FOLDERS)
    assert (done.returncode, outputs) == (1, {"conforms": "false"})
    assert "::error " in done.stdout


# what the page shows


@pytest.fixture
def graphs(project):
    """The project under the names that the examples use."""
    (project.root / "data").rename(project.root / "graphs")
    for path in (project.root / "ontology").rglob("*.ttl"):
        path.rename(project.root / "graphs" / path.name)
    return project


def test_the_example_for_github_runs(runner, graphs):
    workflow = yaml.safe_load(example("GitHub Actions", "yaml"))
    job = workflow["jobs"]["validate"]
    steps = {step["uses"].partition("@")[0]: step for step in job["steps"]}
    given, upload = steps["OWNER/stimson"]["with"], steps["github/codeql-action/upload-sarif"]

    assert workflow["permissions"] == {}
    assert job["permissions"] == {"contents": "read", "security-events": "write"}
    done, _ = runner.validate(**given)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads((graphs.root / upload["with"]["sarif_file"]).read_text())["runs"]
    assert upload["with"]["sarif_file"] in upload["if"]


def run_shell(script, cwd, path):
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=cwd,
        env=os.environ | {"PATH": f"{path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_the_example_for_gitlab_runs(graphs, tmp_path):
    put_command(tmp_path / "bin" / "stimson")
    job = yaml.safe_load(example("GitLab CI", "yaml"))["validate"]
    install, validate = job["script"]

    assert install == 'python -m pip install --quiet "$STIMSON"'
    assert "STIMSON" in job["variables"]
    done = run_shell(validate, graphs.root, tmp_path / "bin")
    assert done.returncode == 0, done.stdout + done.stderr
    report = ElementTree.parse(graphs.root / job["artifacts"]["reports"]["junit"])
    assert report.getroot().tag == "testsuites"


@pytest.mark.slow
def test_the_example_for_any_shell_runs(graphs, tmp_path):
    script = example("Any shell", "bash")
    address = '"git+https://github.com/OWNER/stimson@COMMIT"'
    assert address in script

    (tmp_path / "bin").mkdir()
    done = run_shell(script.replace(address, f'"{ROOT}"'), graphs.root, tmp_path / "bin")
    assert done.returncode == 0, done.stdout + done.stderr
    assert ElementTree.parse(graphs.root / "build" / "validation.xml")
    assert (graphs.root / "build" / "validation.html").is_file()


def test_the_commands_at_the_top_of_the_page_run(project, tmp_path):
    commands = re.search(r"```bash\n(.*?)```", PAGE, re.DOTALL)[1]
    assert commands.count("stimson validate") == 7
    put_command(tmp_path / "bin" / "stimson")
    root = project.root
    (root / "stimson.toml").write_text(
        "[validate]\n" + "".join(f'{part} = "{part}"\n' for part in FOLDERS)
    )
    (root / "sources").rename(root / "texts")
    shutil.copytree(root / "data", root / "graphs")
    shutil.copytree(root / "ontology", root / "graphs" / "ontology")
    contribution = tmp_path / "contribution.ttl"
    contribution.write_text("<urn:a> <urn:b> <urn:c> .")
    run_shell(
        "git init -qb main . && git add -A && "
        "git -c user.name=A -c user.email=a@example.org commit -qm x",
        root,
        tmp_path / "bin",
    )

    script = commands.replace("/tmp/contribution.ttl", str(contribution))
    done = run_shell(script, root, tmp_path / "bin")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("nothing found\n") == 7


# this project's own


@pytest.mark.parametrize(("is_sound", "code"), [(True, 0), (False, 1)])
def test_our_own_run_leaves_reports_and_runs_the_tests(project, tmp_path, is_sound, code):
    shutil.copytree(ROOT / ".ci", project.root / ".ci")
    put_command(project.root / ".venv" / "bin" / "stimson")
    make = tmp_path / "bin" / "make"
    make.parent.mkdir()
    make.write_text('#!/bin/sh\necho "make $*" >> made\n')
    make.chmod(0o755)
    (project.root / "stimson.toml").write_text(
        "[validate]\n" + "".join(f'{part} = "{part}"\n' for part in FOLDERS)
    )
    if not is_sound:
        spoil(project)

    done = run_shell(str(project.root / ".ci" / "run"), tmp_path, make.parent)
    assert done.returncode == code, done.stderr
    assert (project.root / "made").read_text() == "make setup\nmake test\n"
    log = json.loads((project.root / "build" / "validation.sarif").read_text())
    assert len(log["runs"][0]["results"]) == (0 if is_sound else 1)
    assert ElementTree.parse(project.root / "build" / "validation.xml")

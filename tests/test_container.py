"""The recipes for a container and a service: they name what there is, and their commands work."""

import configparser
import re
import shutil
import subprocess
import sys
import urllib.request
from fnmatch import fnmatch
from pathlib import Path

import pytest

from http_fixtures import write_snapshot
from ports import free_port
from stimson.cli import COMMANDS
from stimson.config import Config, environment_name, read_config
from stimson.web.app import create_app
from waiting import PATIENCE, wait_for

ROOT = Path(__file__).parents[1]
UNIT = ROOT / "docs" / "stimson.service"
# https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html, .service, .unit
DIRECTIVES = re.findall(
    r"\w+",
    """
Description After Type ExecStart ExecReload Environment EnvironmentFile Restart RestartSec
KillMode TimeoutStopSec OOMPolicy DynamicUser UMask PrivateTmp ProtectSystem ProtectHome
PrivateDevices PrivateUsers ProtectProc ProcSubset NoNewPrivileges CapabilityBoundingSet
AmbientCapabilities RestrictAddressFamilies RestrictNamespaces RestrictRealtime
RestrictSUIDSGID LockPersonality MemoryDenyWriteExecute ProtectClock ProtectControlGroups
ProtectHostname ProtectKernelLogs ProtectKernelModules ProtectKernelTunables RemoveIPC
SystemCallArchitectures SystemCallErrorNumber SystemCallFilter LimitCORE LimitNOFILE TasksMax
WantedBy
""",
)


def instructions() -> list[tuple[str, str]]:
    """Read the recipe, its continued lines joined."""
    lines = (ROOT / "Containerfile").read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if line and not line.startswith("#"))
    return [
        (line.partition(" ")[0], line.partition(" ")[2].strip())
        for line in re.sub(r"\s*\\\n\s*", " ", text).splitlines()
    ]


def of(name: str) -> list[str]:
    return [value for each, value in instructions() if each == name]


def environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for line in of("ENV") for pair in line.split())


def words(value: str) -> list[str]:
    """Read a command in its exec form: a shell would not pass signals on."""
    assert value.startswith("["), value
    return eval(value, {"__builtins__": {}})


def sources() -> list[str]:
    return [
        name for line in of("COPY") if not line.startswith("--from") for name in line.split()[:-1]
    ]


# A container


def test_the_image_is_made_of_what_there_is():
    assert {"pyproject.toml", "constraints.txt", "server", "data"} <= set(sources())
    assert [name for name in sources() if not (ROOT / name).exists()] == []
    assert of("ADD") == []
    stages = [line.split() for line in of("FROM")]
    assert {stage[0] for stage in stages} == {stages[0][0]}, "what is built is run by the same"
    assert re.fullmatch(r"docker\.io/library/python:\d+\.\d+-slim-\w+", stages[0][0])
    names = {stage[2] for stage in stages if len(stage) > 1}
    assert {line.split()[0] for line in of("COPY") if line.startswith("--from")} == {
        f"--from={name}" for name in names
    }


def test_the_ignore_file_lets_through_what_is_copied_and_nothing_else():
    lines = (ROOT / ".containerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]

    assert rules[0] == "*"
    assert {rule[1:] for rule in rules if rule.startswith("!")} == set(sources())
    for name in ("server/stimson/__pycache__", "data/__pycache__", "server/a.pyc"):
        assert any(fnmatch(name, rule.replace("**/", "*/")) for rule in rules[1:]), name
    assert (ROOT / ".dockerignore").read_bytes() == (ROOT / ".containerignore").read_bytes()


def test_it_runs_as_nobody_in_particular_and_hears_signals():
    (user,) = of("USER")
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user)
    names = [name for name, _ in instructions()]
    last = len(names) - names[::-1].index("FROM")
    assert "USER" in names[last:]
    assert "RUN" not in names[last:], "what is run as root stays behind in the first stage"
    assert of("STOPSIGNAL") == ["SIGTERM"]
    command = words(of("ENTRYPOINT")[0]) + words(of("CMD")[0])
    assert command[0] == "stimson"
    assert command[1] in COMMANDS


def test_its_settings_are_settings_and_hold_no_secret():
    known = {environment_name(name) for name in Config.__dataclass_fields__}
    ours = {name: value for name, value in environment().items() if name.startswith("STIMSON")}
    assert set(ours) <= known
    config = read_config(ours)
    assert (config.host, of("EXPOSE")) == ("0.0.0.0", [str(config.port)])
    assert f"--store {config.store}" in of("RUN")[1]
    assert f"--from=build {config.store} {config.store}" in of("COPY")
    everything = (ROOT / "Containerfile").read_text(encoding="utf-8")
    assert not re.search("(?i)password|secret|token|credential", everything)


def test_its_health_is_asked_for_where_it_is_told(monkeypatch):
    (check,) = of("HEALTHCHECK")
    url = re.search(r"http://127\.0\.0\.1:(\d+)(/\w+)", check)
    assert url[1] == environment()["STIMSON_PORT"]
    paths = {rule.rule for rule in create_app(Config(), None, _Files(), {}).url_map.iter_rules()}
    assert url[2] in paths


class _Files:
    """As much of a snapshot as making an application takes."""

    name = "0" * 16
    dataset = Path("none.nq")
    manifest = {"files": []}  # noqa: RUF012


@pytest.mark.slow
def test_its_commands_work_where_nothing_else_is(tmp_path):
    """What the recipe does, with other folders: there may be no container engine here."""
    source, moved = tmp_path / "source", {}
    for name in sources():
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc")
            )
        else:
            source.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, source / name)
    for name in ("/opt/stimson", "/snapshots"):
        moved[name] = str(tmp_path / name.rpartition("/")[2])
    moved["127.0.0.1:8000"] = f"127.0.0.1:{free_port()}"
    bare = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": str(tmp_path)}
    for command in of("RUN"):
        subprocess.run(["/bin/sh", "-c", _moved(command, moved)], check=True, cwd=source, env=bare)
    settings = {name: _moved(value, moved) for name, value in environment().items()}
    settings |= bare | {"PATH": f"{moved['/opt/stimson']}/bin"}
    settings["STIMSON_PORT"] = moved["127.0.0.1:8000"].rpartition(":")[2]
    command = words(of("ENTRYPOINT")[0]) + words(of("CMD")[0])
    command[0] = f"{moved['/opt/stimson']}/bin/{command[0]}"
    with subprocess.Popen(command, env=settings, cwd=tmp_path) as server:
        try:
            _await(f"http://{moved['127.0.0.1:8000']}/readyz")
            check = words(of("HEALTHCHECK")[0].partition("CMD ")[2])
            check = [f"{moved['/opt/stimson']}/bin/{check[0]}", *check[1:]]
            done = subprocess.run([_moved(each, moved) for each in check], env=settings)
            assert done.returncode == 0
        finally:
            server.terminate()
        assert server.wait(PATIENCE) == 0


def _moved(text: str, moved: dict[str, str]) -> str:
    for old, new in moved.items():
        text = text.replace(old, new)
    return text


def _await(url: str) -> None:
    def answers() -> bool:
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE):
                return True
        except OSError:
            return False

    wait_for(answers)


# A service


def unit() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read(UNIT, encoding="utf-8")
    return parser


def test_the_unit_says_what_systemd_knows():
    found = {name for section in unit().sections() for name in unit()[section]}
    assert found == set(DIRECTIVES)


def test_the_unit_stops_and_reloads_as_the_server_does():
    service = unit()["Service"]
    assert service["ExecStart"].split()[-1] in COMMANDS
    assert service["ExecReload"].split()[1:] == ["-HUP", "$MAINPID"]
    assert service["KillMode"] == "mixed"
    defaults = Config()
    assert int(service["TimeoutStopSec"]) > defaults.stop_delay + defaults.stop_timeout
    settings = dict(pair.split("=") for pair in service["Environment"].split())
    read_config(settings)
    assert set(settings) <= {environment_name(name) for name in Config.__dataclass_fields__}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_systemd_has_nothing_to_say_against_the_unit(tmp_path):
    copy = tmp_path / UNIT.name
    # Where it is installed on this machine.
    command = Path(sys.executable).parent / "stimson"
    copy.write_text(
        UNIT.read_text(encoding="utf-8").replace("/opt/stimson/bin/stimson", str(command))
    )
    verify = ["systemd-analyze", "verify", "--man=no", str(copy)]
    done = subprocess.run(verify, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    security = ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(copy)]
    done = subprocess.run(security, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


MDWE = """
import ctypes, os, sys
if ctypes.CDLL(None, use_errno=True).prctl(65, 1, 0, 0, 0):
    sys.exit(77)
os.execv(sys.executable, [sys.executable, "-m", "stimson", "query", "-", *sys.argv[1:]])
"""


def test_no_memory_needs_to_be_both_written_and_run(tmp_path):
    """As ``MemoryDenyWriteExecute`` demands."""
    write_snapshot(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", MDWE, "--store", str(tmp_path), "--format", "csv"],
        input="SELECT ?x { VALUES ?x { 'aba' } FILTER REGEX(?x, '^(a|b)+$') }",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 77:
        pytest.skip("the kernel cannot deny it")
    assert (done.returncode, done.stdout.split()) == (0, ["x", "aba"]), done.stderr

"""Write the generated part of the data from the verified tables in `data/reference/`.

    python data/generate.py           write every file
    python data/generate.py --check   write nothing; name the files that differ, and exit 1

Needs Python 3.11 or newer and nothing else.
"""

import argparse
import sys
from pathlib import Path

from generators import actors, acts, cases, citations, mappings, territories

_MODULES = (actors, territories, acts, cases, citations, mappings)
_OWN_FOLDERS = ("votes", "geometry", "precedents", "mappings")


def generated() -> dict[str, str]:
    """Make the text of every generated file, by its path below the data folder."""
    return {path: text for module in _MODULES for path, text in module.files().items()}


def differences(folder: Path, files: dict[str, str]) -> list[str]:
    """Say of each file that is not as generated, or that nothing generates, what to do."""
    changed = {
        path: f"data/{path} is not as generated; run: python data/generate.py"
        for path, text in files.items()
        if _read(folder / path) != text
    }
    left_over = {
        path: f"data/{path} is generated from nothing; delete it"
        for path in _left_over(folder, files)
    }
    return [message for _, message in sorted({**changed, **left_over}.items())]


def _read(path: Path) -> str | None:
    # newline="" keeps a stray carriage return from passing unseen.
    if not path.is_file():
        return None
    with path.open(encoding="utf-8", newline="") as file:
        return file.read()


def _left_over(folder: Path, files: dict[str, str]) -> list[str]:
    """Find files in the folders that hold generated ones alone."""
    found = (path for name in _OWN_FOLDERS for path in (folder / name).rglob("*"))
    paths = (path.relative_to(folder).as_posix() for path in found if path.is_file())
    return [path for path in paths if path not in files]


def write(folder: Path, files: dict[str, str]) -> None:
    """Write every file."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8", newline="\n")


def main() -> int:
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, report differences")
    check = parser.parse_args().check
    folder, files = Path(__file__).resolve().parent, generated()
    if not check:
        write(folder, files)
        return 0
    found = differences(folder, files)
    sys.stderr.writelines(f"{message}\n" for message in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

"""Write the generated parts of the documents, out of ontology and shapes.

    python docs/generate.py           fill in the diagrams of docs/model.md and write
                                      the reference of the ontology to build/docs/
    python docs/generate.py --check   write nothing; exit 1 if docs/model.md is out of date

Run it with the Python of the project's environment.
"""

import argparse
import sys
from pathlib import Path

from generators import blocks, reference
from generators.diagrams import Diagrams
from generators.ontology import read_ontology
from generators.shapes import Slots

_ROOT = Path(__file__).resolve().parents[1]
_MODEL = _ROOT / "docs" / "model.md"
_REFERENCE = _ROOT / "build" / "docs" / "index.html"


def main() -> int:
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, report differences")
    check = parser.parse_args().check
    ontology = read_ontology(_ROOT / "ontology")
    slots = Slots(ontology, _ROOT / "shapes")
    try:
        page = _MODEL.read_bytes().decode()  # A stray carriage return is a difference too.
        filled = blocks.fill(page, Diagrams(ontology, slots).all())
    except blocks.BlockFault as fault:
        return _fail(f"docs/model.md: {fault}")
    if check:
        return 0 if page == filled else _fail("docs/model.md is out of date; run: make docs")
    if page != filled:
        _MODEL.write_bytes(filled.encode())
    _REFERENCE.parent.mkdir(parents=True, exist_ok=True)
    _REFERENCE.write_text(reference.render(ontology, slots), encoding="utf-8", newline="\n")
    return 0


def _fail(message: str) -> int:
    sys.stderr.write(f"{message}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())

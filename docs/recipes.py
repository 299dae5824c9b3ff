"""Write the first rows of each answer in docs/recipes.md, from the data and what follows from them.

    python docs/recipes.py           write the answers into docs/recipes.md
    python docs/recipes.py --check   write nothing; exit 1 if an answer is out of date

Run it with the Python of the project's environment.
"""

import argparse
import re
import sys
from pathlib import Path

import pyoxigraph as ox

from stimson import names, paths
from stimson.mappings.mapping_graph import to_quads
from stimson.mappings.sssom_tsv import read_folder
from stimson.rdf import Folders, read_dataset
from stimson.reasoning import infer

PAGE = Path(__file__).parent / "recipes.md"
ROWS = 3
_RECIPE = re.compile(r"```sparql\n(?P<query>.*?)```\n\n```text\n(?P<answer>.*?)```\n", re.DOTALL)


def everything() -> ox.Store:
    """Read what is served: what the files say, what follows, and what is mapped."""
    store = infer(read_dataset(Folders()), Folders()).store
    store.extend(to_quads(read_folder(paths.DATA)))
    return store


def fill(page: str, store: ox.Store) -> str:
    """Put the first rows of each answer below its query."""

    def answered(match: re.Match[str]) -> str:
        answer = first_rows(store, match["query"])
        return f"```sparql\n{match['query']}```\n\n```text\n{answer}```\n"

    return _RECIPE.sub(answered, page)


def first_rows(store: ox.Store, query: str) -> str:
    """Write the first rows of an answer as lines, with a note on how many follow."""
    solutions = store.query(query, use_default_graph_as_union=True)
    if not isinstance(solutions, ox.QuerySolutions):
        raise TypeError("a recipe is a SELECT")
    columns = [variable.value for variable in solutions.variables]
    rows = [" | ".join(map(_text, solution)) for solution in solutions]
    more = [f"… {len(rows) - ROWS} more"] if len(rows) > ROWS else []
    return "".join(f"{line}\n" for line in [" | ".join(columns), *rows[:ROWS], *more])


def _text(term: ox.NamedNode | ox.Literal | None) -> str:
    if term is None:
        return "-"
    return names.shorten(term.value) if isinstance(term, ox.NamedNode) else term.value


def main() -> int:
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, report differences")
    check = parser.parse_args().check
    page = PAGE.read_text(encoding="utf-8")
    filled = fill(page, everything())
    if check and page != filled:
        sys.stderr.write("docs/recipes.md is out of date; run: python docs/recipes.py\n")
        return 1
    if page != filled:
        PAGE.write_text(filled, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

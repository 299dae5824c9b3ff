"""``stimson explain``: say why something holds, down to what is asserted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .. import names
from . import options, workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..project import Project
    from ..reasoning import Closure
    from ..reasoning.explain import Proof


@click.command()
@click.argument("subject")
@click.argument("predicate", required=False)
@click.argument("value", required=False)
@workspace.project()
@click.pass_context
def explain(
    context: click.Context,
    subject: str,
    predicate: str | None,
    value: str | None,
    project: Project,
) -> None:
    """Say why a triple holds, or all that was inferred about SUBJECT.

    Terms are IRIs or prefixed names, such as st:claimant. A tree shows the rule, what it
    followed from, and the graph (the file) in which each asserted triple stands.
    """
    from ..rdf import read_dataset
    from ..reasoning import infer
    from ..reasoning.explain import find, prove

    settings: options.Settings = context.obj
    with settings.progress() as progress:
        progress("reasoning")
        closure = infer(read_dataset(project.folders), project.folders)
    given = [names.expand(term) if term else None for term in (predicate, value)]
    proofs = [prove(closure, each) for each in find(closure, names.expand(subject), *given)]
    for group in _alike(proofs):
        click.echo("\n".join(_tree(group, closure)))


def _alike(proofs: Iterable[Proof]) -> list[list[Proof]]:
    """Put together what one rule concluded from the same premises."""
    groups: dict[object, list[Proof]] = {}
    for proof in proofs:
        key = (proof.rule, proof.premises) if proof.rule else proof
        groups.setdefault(key, []).append(proof)
    return list(groups.values())


def _tree(alike: list[Proof], closure: Closure, indent: str = "") -> Iterator[str]:
    """Write proofs that share their premises, one line a triple, the premises below."""
    for proof in alike:
        yield f"{indent}{' '.join(_short(term) for term in proof.triple)}{_where(proof)}"
        for words in closure.words_of(proof.triple.object) if proof.rule is None else ():
            yield f"{indent}  \u201c{words}\u201d"
    if (rule := alike[0].rule) is not None:
        yield f"{indent}  by {names.shorten(rule.iri)}: {rule.sentence}"
        for premise in alike[0].premises:
            yield from _tree([premise], closure, f"{indent}    ")


def _where(proof: Proof) -> str:
    graphs = ", ".join(graph.removeprefix(names.GRAPH) for graph in proof.graphs)
    return f"  [said in {graphs}]" if proof.rule is None else ""


def _short(term: object) -> str:
    text = str(term)
    return names.shorten(text[1:-1]) if text.startswith("<") else text

"""Hold mappings against the data: what each says must be so here, and all of them must agree.

Whether the items elsewhere are what they are taken for is another question, which
``stimson wikidata check`` answers.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import combinations
from pathlib import Path

import pyoxigraph as ox

from .. import names
from ..findings import Finding, Severity
from ..rdf import Index, Term, named
from . import CLOSE, EXACT, PREDICATES, MappingRow, MappingSet
from . import sssom_slots as slots

_LABEL = named("rdfs:label")
_TYPE, _BELOW = named("rdf:type"), named("rdfs:subClassOf")
_DISJOINT, _MEMBERS = named("owl:disjointWith"), named("owl:members")
_ALL_DISJOINT = named("owl:AllDisjointClasses")
_WIKIDATA = names.PREFIXES["wd"]
_ITEM = re.compile(re.escape(names.PREFIXES["wd"]) + "Q[1-9][0-9]{0,11}")
# Only these say that a thing is an item; to be related to one says nothing of how many are.
_SAME = EXACT | {CLOSE}
_Placed = tuple[Path, MappingRow]


def check(sets: Sequence[MappingSet], index: Index, things: tuple[str, ...]) -> Iterator[Finding]:
    """Find what is wrong with sets of mappings, given the triples of ontology and data.

    IRIs that begin with one of `things` are the project's own.
    """
    for found in sets:
        for fault in found.faults:
            yield _fault(found.path, fault.slug, fault.message, fault.line, fault.column)
    placed = [(found.path, row) for found in sets for row in found.rows]
    for each in placed:
        yield from _ends(each, index, things)
        for look in (_predicate, _justification, _label, _category):
            yield from look(each, index)
    yield from _repeated(placed)
    yield from _several(placed)
    yield from _classes(placed, index)
    yield from _names(sets)


def coverage(sets: Iterable[MappingSet], index: Index) -> Iterator[tuple[str, ...]]:
    """Give a row for each class of which something is mapped or denied to be an item.

    Its cells are the class, and the number of its things: all of them; those with an exact
    item; those with another; those with none; and those of which it is said what they are not.
    """
    exact, close, denied = set[str](), set[str](), set[str]()
    for found in sets:
        for row in found.rows:
            if row.object.startswith(_WIKIDATA):
                among = denied if row.negated else exact if row.is_exact else close
                among.add(row.subject)
    things: dict[str, set[str]] = {}
    for thing in exact | close | denied:
        for kind in index.objects(ox.NamedNode(thing), _TYPE):
            things[kind.value] = {each.value for each in index.subjects(_TYPE, kind)}
    for name, members in sorted(things.items()):
        numbers = (
            len(members),
            len(members & exact),
            len(members & close - exact),
            len(members - exact - close),
            len(members & denied),
        )
        yield names.shorten(name), *map(str, numbers)


def classes_of(index: Index, iri: str) -> set[Term]:
    """Collect the classes of a thing, and those above them."""
    waiting = index.objects(ox.NamedNode(iri), _TYPE)
    found: set[Term] = set()
    while waiting:
        kind = waiting.pop()
        if kind not in found:
            found.add(kind)
            waiting += index.objects(kind, _BELOW)
    return found


def _names(sets: Iterable[MappingSet]) -> Iterator[Finding]:
    """Find sets that bear the name of another: in the graph, they would be one."""
    known: dict[str, Path] = {}
    for found in sets:
        if found.iri and known.setdefault(found.iri, found.path) != found.path:
            message = f"The set has the name of {known[found.iri].name}; give it one of its own."
            yield _fault(found.path, "mapping-conflict", message, 1, 1)


def _ends(each: _Placed, index: Index, things: tuple[str, ...]) -> Iterator[Finding]:
    """Find mappings of what is not ours, or not there, and such as lead nowhere."""
    subject, target = each[1].subject, each[1].object
    if not index.is_subject(ox.NamedNode(subject)):
        message = f"{names.shorten(subject)} is not defined in any file; correct it."
        yield row_finding(each, "mapping-subject", message, "subject_id")
    elif things and not subject.startswith(things):
        message = f"{names.shorten(subject)} is none of the project's things; map one of these."
        yield row_finding(each, "mapping-subject", message, "subject_id")
    if things and target.startswith(things):
        message = "The object is one of the project's own things; name what it is elsewhere."
        yield row_finding(each, "mapping-identifier", message, "object_id")
    elif "wikidata.org" in target and not _ITEM.fullmatch(target):
        message = f"{target} is not an item of Wikidata: its identifier is Q and a number."
        yield row_finding(each, "mapping-identifier", message, "object_id")


def _predicate(each: _Placed, index: Index) -> Iterator[Finding]:
    predicate = each[1].predicate
    if predicate not in PREDICATES:
        choice = ", ".join(names.shorten(known) for known in sorted(PREDICATES))
        message = f"{names.shorten(predicate)} is not a mapping predicate; use one of {choice}."
        yield row_finding(each, "mapping-predicate", message, "predicate_id")


def _justification(each: _Placed, index: Index) -> Iterator[Finding]:
    given = each[1].first("mapping_justification")
    if given in slots.JUSTIFICATIONS:
        return
    problem = f"{names.shorten(given)} is not one that SSSOM knows" if given else "It is missing"
    message = f"{problem}; say by what kind of work the mapping was found."
    yield row_finding(each, "mapping-justification", message, "mapping_justification")


def _label(each: _Placed, index: Index) -> Iterator[Finding]:
    given = each[1].first("subject_label")
    labels = index.objects(ox.NamedNode(each[1].subject), _LABEL)
    known = sorted(label.value for label in labels if isinstance(label, ox.Literal))
    if given and known and given not in known:
        quoted = " or ".join(map(repr, dict.fromkeys(known)))
        message = f"{given!r} is not a label of the thing; it is called {quoted}."
        yield row_finding(each, "mapping-label", message, "subject_label", "warning")


def _category(each: _Placed, index: Index) -> Iterator[Finding]:
    given = names.expand(each[1].first("subject_category"))
    if not given:
        return
    classes = {term.value for term in index.objects(ox.NamedNode(each[1].subject), _TYPE)}
    if classes and given not in classes:
        found = ", ".join(names.shorten(each) for each in sorted(classes))
        message = f"The thing is a {found}, not a {names.shorten(given)}."
        yield row_finding(each, "mapping-class", message, "subject_category")


def _repeated(placed: Iterable[_Placed]) -> Iterator[Finding]:
    """Find mappings that occur twice, and those that are made in one row and denied in another."""
    seen: dict[tuple[str, str, str], MappingRow] = {}
    for each in placed:
        row = each[1]
        earlier = seen.setdefault(row.key[:3], row)
        if earlier is not row:
            same = earlier.negated == row.negated
            problem = "The mapping occurs twice" if same else "The mapping is both made and denied"
            yield row_finding(each, "mapping-conflict", f"{problem}; keep one row.", "object_id")


def _several(placed: Sequence[_Placed]) -> Iterator[Finding]:
    """Find things that share an item, or have several, without a word of it in their rows."""
    same = [each for each in placed if each[1].predicate in _SAME and not each[1].negated]
    subjects, objects = defaultdict(set), defaultdict(set)
    for _, row in same:
        subjects[row.object].add(row.subject)
        objects[row.subject].add(row.object)
    for each in same:
        row = each[1]
        left = "n" if len(subjects[row.object]) > 1 else "1"
        right = "n" if len(objects[row.subject]) > 1 else "1"
        found, said = f"{left}:{right}", row.first("mapping_cardinality")
        if found != (said or "1:1"):
            yield row_finding(
                each, "mapping-cardinality", _number(found, said), "mapping_cardinality"
            )


def _number(found: str, said: str) -> str:
    if said and said not in slots.CARDINALITIES:
        return (
            f"{said!r} is not a cardinality; write one of {', '.join(sorted(slots.CARDINALITIES))}."
        )
    if said:
        return f"The row says {said}, but the mappings are {found}; make them agree."
    what = {"n:1": "Several things share this item", "1:n": "The thing has several items"}
    problem = what.get(found, "Several things share several items")
    return f"{problem}; if that is meant, write {found} into mapping_cardinality."


def _classes(placed: Iterable[_Placed], index: Index) -> Iterator[Finding]:
    """Find things of disjoint classes that are said to be the same item."""
    disjoint = set(_disjoint_pairs(index))
    by_item: dict[str, list[_Placed]] = defaultdict(list)
    for each in placed:
        if each[1].is_exact:
            by_item[each[1].object].append(each)
    for sharing in by_item.values():
        for one, other in combinations(sharing, 2):
            pair = _between(index, disjoint, one[1].subject, other[1].subject)
            if pair is not None:
                kinds = " and ".join(names.shorten(kind) for kind in pair)
                message = (
                    f"{names.shorten(one[1].subject)} is the same item, "
                    f"but nothing is of both classes, {kinds}."
                )
                yield row_finding(other, "mapping-class", message, "subject_id")


def row_finding(
    placed: tuple[Path, MappingRow],
    slug: str,
    message: str,
    slot: str,
    severity: Severity = "violation",
) -> Finding:
    """Make a finding at a slot of a row, in its file."""
    path, row = placed
    return Finding(
        f"{names.RULE}{slug}",
        severity,
        message,
        file=path,
        line=row.line,
        column=row.columns.get(slot, 1),
        focus=row.subject,
        path=row.predicate,
        value=row.object,
    )


def _fault(path: Path, slug: str, message: str, line: int, column: int) -> Finding:
    return Finding(f"{names.RULE}{slug}", "violation", message, file=path, line=line, column=column)


def _between(
    index: Index, disjoint: Collection[frozenset[Term]], one: str, other: str
) -> tuple[str, str] | None:
    """Name the disjoint classes to which two things belong; None if there are none."""
    theirs = sorted(classes_of(index, other), key=str)
    for mine in sorted(classes_of(index, one), key=str):
        for kind in theirs:
            if frozenset((mine, kind)) in disjoint:
                return mine.value, kind.value
    return None


def _disjoint_pairs(index: Index) -> list[frozenset[Term]]:
    """List the classes that share nothing, by what the ontology says."""
    found = [
        frozenset((kind, other))
        for kind in index.subjects_with(_DISJOINT)
        for other in index.objects(kind, _DISJOINT)
    ]
    for axiom in index.subjects(_TYPE, _ALL_DISJOINT):
        for members in index.objects(axiom, _MEMBERS):
            found += (frozenset(pair) for pair in combinations(index.items(members), 2))
    return found

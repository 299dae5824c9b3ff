"""Class diagrams in Mermaid, which code hosts draw: one of the core, one of each module.

Syntax: https://mermaid.js.org/syntax/classDiagram.html
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from textwrap import wrap

from .ontology import Module, Ontology, Term
from .shapes import Slot, Slots

CORE = (
    *("Source", "Passage", "Quotation", "Statement", "Actor", "Claim", "Conflict", "Stance"),
    *("Act", "TerritorialProcess"),
)
_INDENT = "    "
_NOTE_WIDTH = 22  # A wide note makes everything else on the page small.


class Diagrams:
    """Draws classes with what their things carry."""

    def __init__(self, ontology: Ontology, slots: Slots) -> None:
        self._ontology = ontology
        self._terms = ontology.terms
        self._slots = slots

    def all(self) -> dict[str, str]:
        """Draw the core, and every module that has classes in use, by name."""
        modules = {
            module.name: module
            for module in self._ontology.modules
            if any("deprecated" not in term.rows for term in module.classes)
        }
        drawn = {name: _draw(self._module(module)) for name, module in modules.items()}
        return {"core": _draw(self._core()), **drawn}

    def _core(self) -> Iterator[str]:
        """Draw how the classes of the core hang together, without their attributes."""
        core = [f"st:{name}" for name in CORE]
        for name in core:
            yield f"class {_id(name)}"
        for name in core:
            yield from self._upwards(self._terms[name])
        edges: dict[tuple[str, str], list[str]] = defaultdict(list)
        for name in core:
            for slot in self._own(self._terms[name]):
                for target in {*slot.classes} & {*core}:
                    edges[name, target].append(_local(slot.path))
        yield from _arrows(edges)

    def _module(self, module: Module) -> Iterator[str]:
        """Draw the classes of a module, and what they point to outside it."""
        folded = self._folded(module)
        drawn = [term for term in module.classes if term.name not in folded]
        edges: dict[tuple[str, str], list[str]] = defaultdict(list)
        unions: dict[tuple[str, ...], str] = {}
        for term in drawn:
            slots = self._own(term)
            yield from _box(term.name, [_attribute(slot) for slot in slots if not slot.classes])
            for slot in slots:
                if slot.classes:
                    edges[term.name, _target(slot, unions)].append(
                        f"{_local(slot.path)} [{slot.count}]"
                    )
        for members, name in unions.items():
            yield f'class {name}["one of"] {{'
            yield from (f"{_INDENT}{_local(member)}" for member in members)
            yield "}"
        for term in drawn:
            yield from self._upwards(term)
        yield from _arrows(edges)
        yield from self._notes(folded)

    def _own(self, term: Term) -> list[Slot]:
        """List the slots of a class that none of its superclasses has, wider or not."""
        above = {
            slot.path for upper in self._ancestors(term) for slot in self._slots.of(upper.name)
        }
        return [slot for slot in self._slots.of(term.name) if slot.path not in above]

    def _ancestors(self, term: Term) -> Iterator[Term]:
        for name in self._uppers(term):
            yield self._terms[name]
            yield from self._ancestors(self._terms[name])

    def _uppers(self, term: Term) -> list[str]:
        return [name for name in term.named("kind of") if name in self._terms]

    def _upwards(self, term: Term) -> Iterator[str]:
        yield from (f"{_id(upper)} <|-- {_id(term.name)}" for upper in self._uppers(term))

    def _folded(self, module: Module) -> dict[str, str]:
        """Find kinds that carry and receive nothing of their own, with the class above them.

        They would fill the page with empty boxes; a note names them.
        """
        slots = [slot for term in module.classes for slot in self._own(term)]
        pointed_at = {slot.classes[0] for slot in slots if len(slot.classes) == 1}
        above = {upper for term in module.classes for upper in self._uppers(term)}
        bare = {
            term.name: self._uppers(term)[0]
            for term in module.classes
            if self._uppers(term) and not self._own(term) and term.name not in pointed_at | above
        }
        several = Counter(bare.values())
        return {name: upper for name, upper in bare.items() if several[upper] > 1}

    def _notes(self, folded: dict[str, str]) -> Iterator[str]:
        for upper in sorted(set(folded.values())):
            kinds = [_local(name) for name, above in folded.items() if above == upper]
            lines = wrap(f"Kinds: {', '.join(kinds)}", _NOTE_WIDTH)
            yield f'note for {_id(upper)} "{"<br/>".join(lines)}"'


def _draw(lines: Iterable[str]) -> str:
    body = "\n".join(f"{_INDENT}{line}" for line in ("direction LR", *lines))
    return f"```mermaid\nclassDiagram\n{body}\n```"


def _attribute(slot: Slot) -> str:
    return f"{_local(slot.path)} : {' or '.join(slot.values)} [{slot.count}]"


def _target(slot: Slot, unions: dict[tuple[str, ...], str]) -> str:
    """Name the box a slot points to: its class, or one box for the classes it may be of."""
    if len(slot.classes) == 1:
        return slot.classes[0]
    return unions.setdefault(slot.classes, f"OneOf{len(unions) + 1}")


def _box(name: str, attributes: list[str]) -> Iterator[str]:
    yield f"class {_id(name)}{' {' if attributes else ''}"
    if attributes:
        yield from (f"{_INDENT}{attribute}" for attribute in attributes)
        yield "}"


def _arrows(edges: dict[tuple[str, str], list[str]]) -> Iterator[str]:
    for (source, target), labels in sorted(edges.items()):
        yield f"{_id(source)} --> {_id(target)} : {'<br/>'.join(map(_label, sorted(labels)))}"


def _label(text: str) -> str:
    """Write text for an arrow; a colon or an asterisk there has a meaning to Mermaid."""
    return text.replace(":", "#58;").replace("*", "#42;")


def _local(name: str) -> str:
    """Write a name of ours without its prefix, and a borrowed one with it."""
    return name.removeprefix("st:")


def _id(name: str) -> str:
    """Make a name that Mermaid takes for a class: without colon."""
    return _local(name).replace(":", "_")

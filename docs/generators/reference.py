"""The reference of the ontology: one page of HTML that needs nothing but itself."""

from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from stimson import names

from .ontology import Ontology, Term
from .shapes import Slot, Slots

_TEMPLATES = Path(__file__).parent / "templates"


def render(ontology: Ontology, slots: Slots) -> str:
    """Write the page."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    known = _anchors(ontology)
    carried = {
        term.name: slots.of(term.name) for module in ontology.modules for term in module.classes
    }
    page = environment.get_template("reference.html").render(
        ontology=ontology,
        carried=carried,
        below=_below(ontology),
        carriers=_carriers(carried),
        anchors=known,
        link=lambda name: _link(name, known),
        expand=names.expand,
        style=Markup(
            (files("stimson") / "web" / "pages" / "static" / "stimson.css").read_text("utf-8")
        ),
    )
    return f"{page}\n"


def _anchors(ontology: Ontology) -> dict[str, str]:
    """Name the place of every term on the page. A term of ours is found by its own IRI's end."""
    concepts = [term.name for scheme in ontology.vocabularies for term in scheme.terms]
    schemes = [scheme.name for scheme in ontology.vocabularies]
    vocabulary = {name: f"stv-{name.removeprefix('stv:')}" for name in (*concepts, *schemes)}
    return {name: name.removeprefix("st:") for name in ontology.terms} | vocabulary


def _link(name: str, anchors: dict[str, str]) -> Markup:
    """Link a term to its place on the page, a borrowed one to its own address."""
    if name in anchors:
        return Markup('<a href="#{}"><code>{}</code></a>').format(anchors[name], name)
    if (iri := names.expand(name).strip("<>")).startswith(("http://", "https://")):
        return Markup('<a class="outside" href="{}"><code>{}</code></a>').format(iri, name)
    return Markup("<code>{}</code>").format(escape(name))


def _below(ontology: Ontology) -> dict[str, list[str]]:
    """List the terms directly below each class and property of ours."""
    below: dict[str, list[str]] = {name: [] for name in ontology.terms}
    for term in ontology.terms.values():
        for upper in _uppers(term):
            below.get(upper, []).append(term.name)
    return below


def _uppers(term: Term) -> list[str]:
    return [*term.named("kind of"), *term.named("special case of")]


def _carriers(carried: dict[str, list[Slot]]) -> dict[str, list[tuple[str, str]]]:
    """List for each property the classes whose things have it, with how often."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, slots in carried.items():
        for slot in slots:
            found.setdefault(slot.path, []).append((name, slot.count))
    return found

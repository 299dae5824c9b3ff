"""What validation must find wrong with a faulty thing."""

from dataclasses import dataclass

from .turtle import BASE, File, Pair, date, expand, text

_SHACL = "http://www.w3.org/ns/shacl#"
KNOWN: tuple[Pair, ...] = (
    ("st:notBefore", date("2015-05-01")),
    ("st:notAfter", date("2015-05-02")),
    ("st:dateBasis", "stv:explicit"),
    ("st:dateAsPrinted", text("in May")),
)


@dataclass(frozen=True)
class Finding:
    """What validation must find; `kind` is the fault, `component` what SHACL calls it."""

    file: str
    focus: str
    rule: str
    kind: str
    component: str | None = None
    severity: str = "violation"
    needs_texts: bool = False


def shape(file: File, focus: str, shape: str, kind: str, component: str = "") -> Finding:
    """Expect a shape to speak; the component is mostly named after the kind."""
    component = component or f"{kind[0].upper()}{kind[1:]}"
    name = f"{_SHACL}{component}ConstraintComponent"
    return Finding(str(file.path), expand(focus), f"{BASE}shapes#{shape}", kind, name)


def rule(file: File, focus: str, rule: str, kind: str = "") -> Finding:
    """Expect a check of our own to speak."""
    return Finding(str(file.path), expand(focus), f"{BASE}rule/{rule}", kind or rule)


def contradiction(file: str, focus: str) -> Finding:
    """Expect that something is in two classes that share nobody, where a file says what it is."""
    return Finding(file, expand(focus), f"{BASE}rule/contradiction", "contradiction")

"""Small random graphs and shapes, with every component of SHACL Core and all nestings."""

import random
from collections.abc import Iterator, Sequence

NODES = [*(f":n{number}" for number in range(6)), "_:b0", "_:b1"]
CLASSES = [":C0", ":C1", ":C2", ":C3"]
PROPERTIES = [":p0", ":p1", ":p2", ":p3"]
LITERALS = [
    *("0", "1", "-3", "12", "1.5", "1.50", "2.0", "1e0", "true", "false"),
    *('"01"^^xsd:integer', '"+1"^^xsd:integer', '"x"^^xsd:integer'),
    *('"1"^^xsd:nonNegativeInteger', '"-1"^^xsd:nonNegativeInteger', '"7"^^xsd:int'),
    *('"300"^^xsd:byte', '"1"^^xsd:boolean', '"yes"^^xsd:boolean', '"NaN"^^xsd:double'),
    *('"INF"^^xsd:float', '"1.0E2"^^xsd:double', '".5"^^xsd:decimal', '"5."^^xsd:decimal'),
    *('"2014-03-18"^^xsd:date', '"2014-02-30"^^xsd:date', '"2014-03-18Z"^^xsd:date'),
    *('"2015-01-01"^^xsd:date', '"2014-03-18T12:00:00"^^xsd:dateTime'),
    *('"2014-03-18T12:00:00Z"^^xsd:dateTime', '"2014-03-18T13:00:00+02:00"^^xsd:dateTime'),
    *('"2014-03-18T12:00:00.5"^^xsd:dateTime', '"noon"^^xsd:dateTime', '"12:00:00"^^xsd:time'),
    *('"2014"^^xsd:gYear', '"2014-03"^^xsd:gYearMonth', '"P1D"^^xsd:duration'),
    *('"ab"^^xsd:hexBinary', '"http://a b"^^xsd:anyURI', '"a b"^^xsd:token'),
    *('"x"^^:unknown', '"<a/>"^^rdf:XMLLiteral', '""', '"a"', '"abc"', '"ab\\nc"', '"ABC"'),
    *('"a"@en', '"a"@en-GB', '"b"@en', '"a"@uk', '"a"@de-AT', '"Київ"', '"2014-03-18"'),
]
PLAIN_LITERALS = [  # which every store keeps as they are
    # None that is false to Python: from such a value, rdflib follows a path as from any term.
    *("1", "-3", "12", "1.5", "true", '"a"', '"abc"', '"a"@en', '"b"@en'),
    *('"2014-03-18"^^xsd:date', '"2014-03-18T12:00:00"^^xsd:dateTime', '"x"^^:unknown'),
]
DATATYPES = [
    *("string", "integer", "decimal", "boolean", "date", "dateTime", "float", "double", "int"),
    *("nonNegativeInteger", "byte", "gYear", "anyURI", "token", "time", "duration"),
]
PATTERNS = [
    "^a",
    "b$",
    "[0-9]+",
    "(a|b)+c",
    "^(ab?)*$",
    "A",
    "^.{2,3}$",
    "a(?=b)",
    r"\\w+",
    r"^\\d",
]
KINDS = ["IRI", "BlankNode", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral"]


DEEPEST = 3


class World:
    """One graph of data and one of shapes, as Turtle; a seed makes the same ones again."""

    def __init__(self, seed: int, literals: Sequence[str] = LITERALS) -> None:
        self._random = random.Random(seed)
        self._literals = literals
        self._count = 0
        self._blocks: list[str] = []
        self.data = "\n".join(self._data())
        for _ in range(self._random.randint(1, 4)):
            self._targets(self._shape(0, has_path=self._chance(0.4)))
        self.shapes = "\n".join(self._blocks)

    def _chance(self, of: float) -> bool:
        return self._random.random() < of

    def _pick(self, *choices: str) -> str:
        return self._random.choice(choices)

    def _some(self, *choices: str) -> list[str]:
        return self._random.sample(choices, self._random.randint(1, 3))

    def _data(self) -> Iterator[str]:
        for _ in range(self._random.randint(2, 5)):
            yield f"{self._pick(*CLASSES)} rdfs:subClassOf {self._pick(*CLASSES)} ."
        for node in NODES:
            for _ in range(self._random.randint(0, 2)):
                yield f"{node} a {self._pick(*CLASSES)} ."
            for _ in range(self._random.randint(0, 6)):
                value = self._pick(*NODES) if self._chance(0.4) else self._pick(*self._literals)
                yield f"{node} {self._pick(*PROPERTIES)} {value} ."

    def _value(self) -> str:
        return self._pick(*LITERALS) if self._chance(0.6) else self._pick(*NODES[:6])

    def _targets(self, shape: str) -> None:
        for _ in range(self._random.randint(1, 2)):
            target = self._pick(
                f"sh:targetClass {self._pick(*CLASSES)}",
                f"sh:targetNode {self._value()}",
                f"sh:targetSubjectsOf {self._pick(*PROPERTIES)}",
                f"sh:targetObjectsOf {self._pick(*PROPERTIES)}",
            )
            self._blocks.append(f"{shape} {target} .")

    def _shape(self, depth: int, has_path: bool) -> str:
        """Write a shape, and those that it refers to; give its name."""
        self._count += 1
        name = self._pick(":", "_:") + f"s{self._count}"
        if depth and self._chance(0.1):  # a class in the data is a shape by its name, too
            name = f":C{self._count}"
        kind, said = ("sh:PropertyShape" if has_path else "sh:NodeShape"), []
        if not has_path and self._chance(0.1):
            kind += " , rdfs:Class"
        if has_path:
            said.append(f"sh:path {self._path(0)}")
        for _ in range(self._random.randint(1, 3)):
            said += self._constraint(depth, has_path)
        if self._chance(0.3):
            said.append(f'sh:message "Wrong {self._count}."@en')
        if self._chance(0.3):
            said.append(f"sh:severity {self._pick('sh:Warning', 'sh:Info', ':Own')}")
        if self._chance(0.05):
            said.append("sh:deactivated true")
        # Two values of a parameter that may have one only are not well-formed.
        once = {one.partition(" ")[0]: one for one in said}
        self._blocks.append(f"{name} a {kind} ; {' ; '.join(once.values())} .")
        return name

    def _path(self, depth: int) -> str:
        plain = self._pick(*PROPERTIES)
        if depth > 2 or self._chance(0.5):
            return plain
        inner = [self._path(depth + 1) for _ in range(self._random.randint(2, 3))]
        mark = self._pick("inversePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath")
        return self._pick(
            f"[ sh:{mark} {inner[0]} ]",
            f"( {' '.join(inner)} )",
            f"[ sh:alternativePath ( {' '.join(inner)} ) ]",
        )

    def _constraint(self, depth: int, has_path: bool) -> list[str]:
        kinds = [self._on_value, self._on_text, self._on_many]
        if has_path:
            kinds += [self._on_path, self._qualified]
        if depth < DEEPEST:
            kinds += [self._nested, self._logical]
        return self._random.choice(kinds)(depth)

    def _on_value(self, _: int) -> list[str]:
        members = [self._value() for _ in range(self._random.randint(0, 5))]
        bound = self._pick("minInclusive", "minExclusive", "maxInclusive", "maxExclusive")
        return [
            self._pick(
                f"sh:class {' , '.join(self._some(*CLASSES))}",
                f"sh:datatype {self._datatype()}",
                f"sh:nodeKind sh:{self._pick(*KINDS)}",
                f"sh:{bound} {self._pick(*LITERALS)}",
                f"sh:in ( {' '.join(members)} )",
                f"sh:hasValue {self._value()}",
            )
        ]

    def _datatype(self) -> str:
        if self._chance(0.2):
            return self._pick("rdf:langString", "rdfs:Literal", "rdfs:Datatype", ":unknown")
        return f"xsd:{self._pick(*DATATYPES)}"

    def _on_text(self, _: int) -> list[str]:
        tags = " ".join(f'"{tag}"' for tag in self._some("en", "uk", "DE", "en-GB", "*"))
        flags = f' ; sh:flags "{self._pick("i", "m", "im", "s")}"' if self._chance(0.3) else ""
        return [
            self._pick(
                f"sh:minLength {self._random.randint(0, 5)}",
                f"sh:maxLength {self._random.randint(0, 5)}",
                f'sh:pattern "{self._pick(*PATTERNS)}"{flags}',
                f"sh:languageIn ( {tags} )",
            )
        ]

    def _on_many(self, _: int) -> list[str]:
        pair = f"sh:{self._pick('equals', 'disjoint')} {self._pick(*PROPERTIES)}"
        ignored = " ".join([self._pick("", "rdf:type"), *self._some(*PROPERTIES)])
        closed = ["sh:closed true", f"sh:ignoredProperties ( {ignored} )"]
        return self._random.choice([[pair], closed, ["sh:closed true"], ["sh:closed false"]])

    def _on_path(self, _: int) -> list[str]:
        order = self._pick("lessThan", "lessThanOrEquals")
        return [
            self._pick(
                f"sh:minCount {self._random.randint(0, 3)}",
                f"sh:maxCount {self._random.randint(0, 3)}",
                f"sh:uniqueLang {self._pick('true', 'true', 'false')}",
                f"sh:{order} {self._pick(*PROPERTIES)}",
            )
        ]

    def _qualified(self, depth: int) -> list[str]:
        inner = self._shape(max(depth, DEEPEST - 1) + 1, has_path=self._chance(0.3))
        said = [f"sh:qualifiedValueShape {inner}"]
        said += [f"sh:qualifiedMinCount {self._random.randint(0, 2)}"] * self._chance(0.6)
        said += [f"sh:qualifiedMaxCount {self._random.randint(0, 2)}"]
        said += ["sh:qualifiedValueShapesDisjoint true"] * self._chance(0.5)
        return said

    def _nested(self, depth: int) -> list[str]:
        members = [self._shape(depth + 1, has_path=True) for _ in range(self._random.randint(1, 2))]
        node = self._shape(depth + 1, has_path=False)
        return self._random.choice([[f"sh:property {' , '.join(members)}"], [f"sh:node {node}"]])

    def _logical(self, depth: int) -> list[str]:
        number = self._random.randint(1, 3)
        inner = [self._shape(depth + 1, has_path=self._chance(0.4)) for _ in range(number)]
        inner += inner[:1] * self._chance(0.2)
        word = self._pick("and", "or", "xone")
        return [self._pick(f"sh:{word} ( {' '.join(inner)} )", f"sh:not {inner[0]}")]


class QueryWorld(World):
    """A graph of data, and a shape whose constraint is a random query."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed, PLAIN_LITERALS if seed % 5 else LITERALS)
        self._variables = ["$this", "?value", "?a", "?b"]
        head = self._pick(
            "", "", "PREFIX own: <https://example.org/>", "PREFIX : <https://example.org/>"
        )
        self._own = [":", "<https://example.org/"] + ["own:"] * ("own" in head)
        body = " ".join(self._member(0) for _ in range(self._random.randint(1, 3)))
        query = f"{head} SELECT {self._shown()} {{ $this {self._property()} ?value . {body} }}"
        self.query = query + " GROUP BY $this" * ("COUNT" in query)
        self.shapes = f"""
            :o a owl:Ontology ; sh:declare [ sh:prefix "" ;
                sh:namespace "https://example.org/"^^xsd:anyURI ] .
            :s a sh:NodeShape ; sh:targetClass {" , ".join(CLASSES)} ; sh:targetNode :n0 , :n9 ;
                sh:sparql [ sh:prefixes :o ; sh:select '''{self.query}''' ] .
        """

    def _shown(self) -> str:
        return self._pick(
            "$this ?value", "$this ?value", "DISTINCT $this", "$this (COUNT(?a) AS ?n)"
        )

    def _name(self, name: str) -> str:
        start = self._pick(*self._own)
        return f"{start}{name[1:]}{'>' if start.startswith('<') else ''}"

    def _property(self) -> str:
        plain = self._pick("a", *map(self._name, PROPERTIES), *map(self._name, PROPERTIES))
        if self._chance(0.75):
            return plain
        other = self._name(self._pick(*PROPERTIES))
        return self._pick(
            "?p", f"^{plain}", f"{plain}/{other}", f"{plain}|{other}", f"{other}*", f"{other}+",
            f"{plain}/{other}*", f"({other}/^{plain})?", f"(^{plain}|{other})+",
        )  # fmt: skip

    def _triple_rest(self) -> str:
        value = self._pick(*self._variables, *self._variables, self._name(self._pick(*NODES[:6])))
        if self._chance(0.1):
            value = self._pick(
                "1", "true", '"a"', '"a"@en', '"1"^^<http://www.w3.org/2001/XMLSchema#int>'
            )
        more = f", {self._pick(*self._variables)}" if self._chance(0.1) else ""
        rest = f"; {self._property()} {self._pick(*self._variables)}" if self._chance(0.2) else ""
        return f"{self._property()} {value}{more}{rest}"

    def _member(self, depth: int) -> str:
        if depth > 1 or self._chance(0.5):
            return f"{self._pick(*self._variables)} {self._triple_rest()} ."
        inner = " ".join(self._member(depth + 1) for _ in range(self._random.randint(1, 2)))
        return self._pick(
            f"OPTIONAL {{ {inner} }}",
            f"{{ {inner} }} UNION {{ {self._member(depth + 1)} }}",
            f"FILTER NOT EXISTS {{ {inner} }}",
            f"FILTER EXISTS {{ {inner} }}",
            f"FILTER({self._condition()})",
            f"FILTER({self._condition()} || !({self._condition()}))",
            f"BIND({self._pick('?a', '?value', '1')} AS ?c{self._random.randint(0, 99)})",
        )

    def _condition(self) -> str:
        one, two = self._pick(*self._variables), self._pick(*self._variables)
        return self._pick(
            f"{one} = 1", f"{one} = {two}", f"{one} != 1", f"BOUND({one})",
            f"ISLITERAL({one})", f"{one} IN ({two}, 1)", f"LANG({one}) = 'en'",
            f"EXISTS {{ {one} {self._property()} {two} }}", f"DATATYPE({one}) = {two}",
        )  # fmt: skip

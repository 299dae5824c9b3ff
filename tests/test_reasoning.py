"""Our rules give what owlrl gives, each of them bites, and every conclusion can be explained."""

from collections.abc import Iterator
from dataclasses import replace

import pyoxigraph as ox
import pytest

from stimson import names
from stimson.errors import InvalidData, InvalidFile, UnknownTriple
from stimson.rdf import Dataset, Folders, read_dataset, read_document
from stimson.reasoning import (
    Closure,
    contradictions,
    infer,
    unsupported_axioms,
)
from stimson.reasoning.contradictions import refuse_contradictions
from stimson.reasoning.explain import find, grounds, prove
from stimson.reasoning.owlrl_closure import infer_by_reference
from stimson.reasoning.rules import OWL_RL, InferenceRule, read_rules

OURS = {rule.iri.removeprefix(names.RULE): rule for rule in read_rules(Folders().ontology)}
PREFIXES = "".join(f"@prefix {prefix}: <{space}> .\n" for prefix, space in names.PREFIXES.items())


@pytest.fixture(scope="module")
def shipped() -> Dataset:
    """The shipped files, but of the votes, which are all alike, only one resolution."""
    documents = read_dataset(Folders()).documents
    votes = sorted(iri for iri in documents if "/data/votes/" in iri)[1:]
    return Dataset({iri: each for iri, each in documents.items() if iri not in votes})


@pytest.fixture(scope="module")
def closure(shipped) -> Closure:
    return infer(shipped, Folders())


def quads(text: str) -> list[ox.Quad]:
    """Read Turtle written with the project's prefixes."""
    return list(ox.parse(PREFIXES + text, format=ox.RdfFormat.TURTLE))


def conclusions(text: str, *rules) -> set[str]:
    """What follows from `text` by `rules`, as N-Triples with our prefixes."""
    return {
        " ".join(names.shorten(str(term)[1:-1]) for term in triple if str(term).startswith("<"))
        for triple in Closure(quads(text), rules).inferred
    }


@pytest.mark.slow  # owlrl takes a while
def test_the_rules_of_owl_give_what_the_reference_gives(shipped, tmp_path):
    (tmp_path / "rules").mkdir()
    ours = infer(shipped, Folders(ontology=tmp_path)).graph()

    assert len(ours) > 1000
    assert set(ours) == set(infer_by_reference(shipped))


OWL_CASES = {
    "scm-sco": ":a rdfs:subClassOf :b . :b rdfs:subClassOf :c .",
    "scm-spo": ":a rdfs:subPropertyOf :b . :b rdfs:subPropertyOf :c .",
    "scm-dom1": ":p rdfs:domain :c . :c rdfs:subClassOf :d .",
    "scm-dom2": ":p rdfs:subPropertyOf :q . :q rdfs:domain :c .",
    "scm-rng1": ":p rdfs:range :c . :c rdfs:subClassOf :d .",
    "scm-rng2": ":p rdfs:subPropertyOf :q . :q rdfs:range :c .",
    "prp-spo1": ":p rdfs:subPropertyOf :q . :x :p :y .",
    "prp-spo2": ":p owl:propertyChainAxiom ( :q :r ) . :x :q :y . :y :r :z .",
    "prp-trp": ":p a owl:TransitiveProperty . :x :p :y . :y :p :z .",
    "prp-symp": ":p a owl:SymmetricProperty . :x :p :y .",
    "prp-inv1": ":p owl:inverseOf :q . :x :p :y .",
    "prp-inv2": ":p owl:inverseOf :q . :x :q :y .",
    "prp-dom": ":p rdfs:domain :c . :x :p :y .",
    "prp-rng": ":p rdfs:range :c . :x :p :y .",
    "cax-sco": ":c rdfs:subClassOf :d . :x a :c .",
}


@pytest.mark.parametrize("rule", OWL_RL, ids=lambda rule: rule.iri.rpartition("#")[2])
def test_each_rule_of_owl_fires_once_and_only_where_it_should(rule):
    name = rule.iri.rpartition("#")[2]
    turtle = "@prefix : <http://example.org/> .\n" + OWL_CASES[name]
    without_axiom = turtle.replace(turtle.split(" . ")[0].split("\n")[-1], ":n a :n", 1)

    assert len(Closure(quads(turtle), [rule]).inferred) == 1
    assert not Closure(quads(without_axiom), [rule]).inferred


CONTROL = """
place:v st:locatedIn territory:r .
claim:1 a st:ControlClaim ; st:polarity stv:affirmed ; st:extent stv:complete ;
    st:controlAspect stv:holding ; st:controlledPlace territory:r ; st:controller state:x ;
    st:notBefore "2022-09-01"^^xsd:date ; st:notAfter "2022-09-30"^^xsd:date .
claim:2 a st:ControlClaim ; st:polarity stv:affirmed ; st:extent stv:partial ;
    st:controlAspect stv:holding ; st:controlledPlace place:v ; st:controller state:y ;
    st:notBefore "2022-09-30"^^xsd:date ; st:notAfter "2022-10-30"^^xsd:date .
"""
GAIN = CONTROL.replace("holding ; st:controlledPlace place:v", "gain ; st:controlledPlace place:v")
GAIN = GAIN.replace("2022-09-30", "2022-02-01").replace("2022-10-30", "2022-03-01")
GAIN = GAIN.replace("2022-02-01", "2022-09-30", 1)
CHANGED = (
    GAIN
    + """
claim:3 a st:ControlClaim ; st:polarity stv:affirmed ; st:controlledPlace place:v ;
    st:controlAspect stv:gain ; st:controller organization:x ; st:notBefore "2022-05-01"^^xsd:date .
organization:x st:organOf state:x .
"""
)
STANCE = """
stance:s st:holder organization:g ; st:stanceObject act:a ; st:position stv:non-recognition ;
    rdfs:label "s"@en .
step:1 st:stepOf stance:s ; st:stepKind stv:taken ;
    st:notBefore "2022-09-29"^^xsd:date ; st:notAfter "2022-09-30"^^xsd:date .
membership:m st:memberOf organization:g ; st:member state:x ; st:since "2000-01-01"^^xsd:date .
state:x rdfs:label "X"@en .
"""
AS_OF = STANCE.replace("since", "asOf").replace("2000-01-01", "2022-09-29")
SECOND = """
step:2 st:stepOf stance:s ; st:stepKind stv:confirmed ;
    st:notBefore "2022-12-01"^^xsd:date ; st:notAfter "2022-12-01"^^xsd:date .
"""
LISTED_BEFORE = SECOND.replace("confirmed", "observed").replace("2022-12-01", "2022-01-01")
HELD = """
step:1 st:stepOf stance:s ; st:stepKind stv:confirmed ; st:notAfter "2022-09-23"^^xsd:date .
step:2 st:stepOf stance:s ; st:stepKind stv:taken ; st:notAfter "2022-09-20"^^xsd:date .
step:3 st:stepOf stance:s ; st:stepKind stv:observed ; st:notAfter "2022-09-01"^^xsd:date .
"""
OBSERVED = """
step:1 st:stepOf stance:s ; st:stepKind stv:observed ; st:notAfter "2022-09-23"^^xsd:date .
step:2 st:stepOf stance:s ; st:stepKind stv:observed ; st:notAfter "2022-09-20"^^xsd:date .
"""
EARLIER = 'step:3 st:stepOf stance:s ; st:stepKind stv:ended ; st:notAfter "2022-09-01"^^xsd:date .'
ENDED = """
step:1 st:stepOf stance:s ; st:stepKind stv:withdrawn ; st:notBefore "2022-09-23"^^xsd:date .
step:2 st:stepOf stance:s ; st:stepKind stv:suspended ; st:notBefore "2022-09-20"^^xsd:date .
step:3 st:stepOf stance:s ; st:stepKind stv:taken ; st:notBefore "2022-09-01"^^xsd:date .
"""
CONFLICT = "conflict:c a st:Conflict ; st:between claim:1 , claim:2 ."
QUOTED = "quotation:q a st:Quotation ; oa:hasSource source:s ."
FIRES = {
    "coverage": [
        (
            "act:a st:purportedTerritory territory:r . place:v st:locatedIn territory:r .",
            "act:a st:purportedlyCovers place:v",
        )
    ],
    "conflict": [(CONFLICT, "claim:1 st:contradicts claim:2")],
    "control": [
        (CONTROL, "claim:1 st:contradicts claim:2"),
        (GAIN, "claim:1 st:contradicts claim:2"),
        (CONTROL.replace("partial", "complete"), "claim:1 st:contradicts claim:2"),
        (CHANGED.replace("2022-05-01", "2022-01-01"), "claim:1 st:contradicts claim:2"),
        (CHANGED.replace("2022-05-01", "2023-01-01"), "claim:1 st:contradicts claim:2"),
        (CHANGED.replace("place:v ;\n", "place:u ;\n"), "claim:1 st:contradicts claim:2"),
        (
            CHANGED.replace("affirmed ; st:controlledPlace", "denied ; st:controlledPlace"),
            "claim:1 st:contradicts claim:2",
        ),
        (
            CHANGED.replace("gain ; st:controller o", "loss ; st:controller o"),
            "claim:1 st:contradicts claim:2",
        ),
        (CHANGED.replace("organOf state:x", "organOf state:y"), "claim:1 st:contradicts claim:2"),
    ],
    "derived-stance": [
        (STANCE, "stance:s-of-x st:derivedFromStance stance:s"),
        (STANCE.replace("taken", "confirmed"), "stance:s-of-x st:derivedFromStance stance:s"),
        (AS_OF, "stance:s-of-x st:heldUntil"),
        # Of two steps the one counts after which nothing earlier is known.
        (STANCE + SECOND, "stance:s-of-x prov:wasDerivedFrom step:1"),
        (STANCE.replace("2000-01-01", "2022-11-01") + SECOND, "stance:s-of-x st:heldSince"),
        (STANCE + LISTED_BEFORE, "stance:s-of-x prov:wasDerivedFrom step:1"),
    ],
    "held-since": [
        (HELD, "stance:s st:heldSince"),
        (OBSERVED, "stance:s st:heldSince"),
        (OBSERVED + EARLIER, "stance:s st:heldSince"),
    ],
    "held-until": [(ENDED, "stance:s st:heldUntil"), (OBSERVED, "stance:s st:heldUntil")],
    "quoted-from": [(QUOTED, "quotation:q prov:wasQuotedFrom source:s")],
}
SILENT = {
    "coverage": [FIRES["coverage"][0][0].replace("place:v st:locatedIn", "place:v st:nextTo")],
    "conflict": [
        CONFLICT.replace("st:Conflict", "st:ApparentConflict"),
        CONFLICT.replace(" , claim:2", ""),
    ],
    "control": [
        CONTROL.replace("state:y", "state:x"),
        CONTROL.replace("stv:partial", "stv:none"),
        CONTROL.replace("stv:complete", "stv:partial"),
        CONTROL.replace("stv:affirmed", "stv:denied", 1),
        CONTROL.replace("stv:holding", "stv:gain", 1),
        CONTROL.replace(
            "stv:holding ; st:controlledPlace place", "stv:loss ; st:controlledPlace place"
        ),
        CONTROL.replace('"2022-09-30"', '"2022-10-15"').replace('"2022-10-15"', '"2022-09-30"', 1),
        CONTROL.replace('st:notBefore "2022-09-30"^^xsd:date ; ', ""),
        CONTROL.replace("2022-10-30", "2022-08-30")
        .replace("2022-09-30", "2022-08-01")
        .replace("2022-08-01", "2022-09-30", 1),
        CONTROL.replace("affirmed ; st:extent stv:partial", "denied ; st:extent stv:partial"),
        CONTROL.replace("controlledPlace territory:r", "controlledPlace territory:q"),
        CONTROL.replace("controlledPlace place:v", "controlledPlace place:u"),
        CONTROL.replace("claim:1 a st:ControlClaim ;", "claim:1"),
        CONTROL.replace("claim:2 a st:ControlClaim ;", "claim:2"),
        CONTROL + "state:x st:organOf state:y .",
        CONTROL + "state:y st:organOf state:x .",
        CONTROL.replace("locatedIn", "nextTo"),
        GAIN.replace("2022-03-01", "2022-10-01"),
        CHANGED,
        CHANGED.replace("organization:x st:organOf", "state:x st:organOf")
        .replace("controller organization:x", "controller state:x")
        .replace("state:x st:organOf state:x .", ""),
    ],
    "derived-stance": [
        STANCE.replace("2000-01-01", "2023-04-04"),
        STANCE + 'membership:m st:until "2014-03-18"^^xsd:date .',
        STANCE.replace("st:memberOf organization:g", "st:memberOf organization:h"),
        STANCE.replace("stv:taken", "stv:observed"),
        STANCE.replace("st:stepOf stance:s", "st:stepOf stance:t"),
        STANCE.replace("; st:since", "; st:recordedOn"),
        AS_OF.replace("2022-09-29", "2022-10-01").replace("2022-10-01", "2022-09-29", 1),
        AS_OF.replace("2022-09-29", "2022-09-28").replace("2022-09-28", "2022-09-29", 1),
        STANCE.replace('"s"@en', '"s"@uk'),
        STANCE.replace('"X"@en', '"X"@uk'),
        STANCE.replace("; st:stanceObject act:a", ""),
        STANCE.replace("; st:position stv:non-recognition", ""),
    ],
    "held-since": [
        HELD.replace("confirmed", "ended").replace("taken", "ended").replace("observed", "ended")
    ],
    "held-until": [
        ENDED.replace("withdrawn", "taken").replace("suspended", "confirmed"),
        OBSERVED.replace("observed", "taken"),
        OBSERVED.replace("st:stepKind stv:observed ; ", ""),
        OBSERVED + EARLIER.replace("ended", "taken"),
    ],
    "quoted-from": [
        QUOTED.replace("st:Quotation", "st:Passage"),
        QUOTED.replace("oa:hasSource", "st:readIn"),
    ],
}


def test_each_of_our_rules_has_cases():
    assert set(FIRES) == set(SILENT) == set(OURS)


CASES = [(name, *case) for name in FIRES for case in FIRES[name]]


@pytest.mark.parametrize(("name", "turtle", "conclusion"), CASES)
def test_each_of_our_rules_fires(name, turtle, conclusion):
    assert any(each.startswith(conclusion) for each in conclusions(turtle, OURS[name]))


@pytest.mark.parametrize(("name", "turtle"), [(n, t) for n in SILENT for t in SILENT[n]])
def test_each_of_our_rules_keeps_silent_where_one_condition_is_not_met(name, turtle):
    assert not conclusions(turtle, OURS[name])


@pytest.mark.parametrize(
    ("name", "turtle", "day"),
    [
        ("held-since", HELD, "2022-09-20"),  # not that of the observation before
        ("held-since", OBSERVED, "2022-09-20"),
        ("held-until", ENDED, "2022-09-20"),
        ("held-until", OBSERVED, "2022-09-23"),
    ],
)
def test_of_several_steps_the_right_one_gives_the_day(name, turtle, day):
    (conclusion,) = Closure(quads(turtle), [OURS[name]]).inferred

    assert conclusion.object.value == day


def test_a_member_shares_a_stance_from_when_it_is_taken_or_from_when_it_joined():
    def days(turtle):
        closure = Closure(quads(turtle), [OURS["derived-stance"]])
        return {
            names.shorten(each.predicate.value).removeprefix("st:"): each.object.value
            for each in closure.inferred
            if each.predicate.value.startswith(f"{names.ST}held")
        }

    until = 'membership:m st:until "2030-01-01"^^xsd:date .'
    assert days(STANCE + SECOND) == {"heldSince": "2022-09-30"}
    assert days(STANCE + until) == {"heldSince": "2022-09-30", "heldUntil": "2030-01-01"}
    assert days(STANCE.replace("2000-01-01", "2022-11-01") + SECOND) == {"heldSince": "2022-12-01"}
    # Of a list of one day nothing follows for any other.
    assert days(AS_OF) == {"heldSince": "2022-09-29", "heldUntil": "2022-09-29"}


def weakened(body: str) -> Iterator[str]:
    """Leave out one condition of a rule after the other: a line, a block, or a part of a filter."""
    lines = body.splitlines()
    for number, line in enumerate(lines):
        end = number + 1
        opened = line.count("{") + line.count("(") - line.count("}") - line.count(")")
        while opened > 0 and end < len(lines):
            following = lines[end]
            opened += following.count("{") + following.count("(")
            opened -= following.count("}") + following.count(")")
            end += 1
        for less in _less(line, "\n".join(lines[number:end])):
            yield "\n".join([*lines[:number], less, *lines[end:]])


def _less(line: str, block: str) -> list[str]:
    bare = line.strip()
    if bare.startswith("FILTER(") and line == block:
        parts = bare.removeprefix("FILTER(").removesuffix(")").split(" && ")
        balanced = all(part.count("(") == part.count(")") for part in parts)
        return [f"FILTER({part})" for part in parts] if balanced and parts[1:] else [""]
    if bare.startswith(("FILTER", "OPTIONAL")):
        return [""]
    if bare.startswith(("BIND", "{", "}", "UNION", "||", ")", "(")) or " a st:" in line:
        return []
    if bare.startswith("st:"):  # more about the subject of the line above
        return [line[-1]]
    return [""] if line.endswith(" .") else []


def parses(rule: InferenceRule) -> bool:
    try:
        ox.Store().query(rule.construct)
    except SyntaxError:
        return False
    return True


WEAKENED = [
    (name, text)
    for name, rule in OURS.items()
    for text in weakened(rule.body)
    if parses(replace(rule, body=text))
]


@pytest.mark.parametrize(("name", "weak"), WEAKENED)
def test_no_condition_of_our_rules_can_be_left_out_unnoticed(name, weak):
    whole, less = OURS[name], replace(OURS[name], body=weak)
    cases = [*(turtle for turtle, _ in FIRES[name]), *SILENT[name]]

    assert [once(case, less) for case in cases] != [once(case, whole) for case in cases]


def once(text: str, rule: InferenceRule) -> set[str]:
    """What follows from `text` at once: a rule that says too little might never come to an end."""
    store = ox.Store()
    store.extend(quads(text))
    return {str(triple) for triple in store.query(rule.construct)}


def test_a_rule_that_is_no_rule_is_refused(tmp_path):
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "x.rq").write_text("#+ title: x\n#+ sentence: x\nSELECT * {}\n")

    with pytest.raises(InvalidFile, match=r"x\.rq: expected a rule of the form CONSTRUCT"):
        read_rules(tmp_path)


CONSTRUCT = "CONSTRUCT {{ ?s a <urn:c> }} WHERE {{ ?s ?p ?o . {} }}"


@pytest.mark.parametrize(
    "call",
    [
        "SERVICE <http://example.org/> { ?a ?b ?c }",
        "service silent ?o { ?a ?b ?c }",
        "FILTER(?o<1)SERVICE ?o{ ?a ?b ?c }",
        "{ SELECT ?s { SERVICE ?s { ?a ?b ?c } } }",
    ],
)
def test_a_rule_that_asks_another_endpoint_is_refused(tmp_path, call):
    (tmp_path / "rules").mkdir()
    rule = tmp_path / "rules" / "x.rq"
    rule.write_text(f"#+ title: x\n#+ sentence: x\n{CONSTRUCT.format(call)}\n")

    with pytest.raises(InvalidFile, match=r"x\.rq: a rule asks no other endpoint"):
        read_rules(tmp_path)


@pytest.mark.parametrize(
    "words",
    [
        "?service <urn:service> 'SERVICE' # SERVICE <x>\n",
        'FILTER(?o != """it\'s "SERVICE" """)',
        "?s x:service ?o",
    ],
)
def test_a_rule_may_speak_of_services(tmp_path, words):
    (tmp_path / "rules").mkdir()
    rule = f"PREFIX x: <urn:services>\n{CONSTRUCT.format(words)}\n"
    (tmp_path / "rules" / "x.rq").write_text(f"#+ title: x\n#+ sentence: services\n{rule}")

    assert len(read_rules(tmp_path)) == 1


@pytest.mark.parametrize(
    "axiom",
    [
        "st:a owl:propertyDisjointWith st:b .",
        "st:a a owl:AsymmetricProperty .",
        "st:A owl:equivalentClass st:B .",
        "st:a owl:propertyChainAxiom ( st:b st:c st:d ) .",
    ],
)
def test_an_axiom_that_no_rule_covers_is_refused(axiom, tmp_path):
    path = tmp_path / "odd.ttl"
    path.write_text(PREFIXES + axiom, encoding="utf-8")
    iri = f"{names.GRAPH}ontology/odd"
    dataset = Dataset({iri: read_document(iri, "ontology", path)})

    with pytest.raises(InvalidData, match=r"no rule for .*odd\.ttl"):
        infer(dataset, Folders(ontology=tmp_path))


def test_a_contradiction_is_named(project):
    project.change(project.minutes, "st:speaker state:otherland", "st:speaker source:minutes-2031")

    with pytest.raises(InvalidData, match=r"source:minutes-2031 is both st:Actor and st:Source"):
        infer(read_dataset(project.folders), project.folders)


CLASSES = "st:A a owl:Class . st:B a owl:Class . st:C a owl:Class . "
CONTRADICTIONS = {
    "disjoint": (
        CLASSES + "st:A owl:disjointWith st:B . state:x a st:A, st:B .",
        ["state:x is both st:A and st:B"],
    ),
    "disjoint by inference": (
        CLASSES
        + "[] a owl:AllDisjointClasses ; owl:members ( st:C st:B st:A ) . "
        + "st:p rdfs:domain st:A . state:x a st:B ; st:p 1 . state:y a st:A .",
        ["state:x is both st:A and st:B"],
    ),
    "empty class": (
        CLASSES + "st:A owl:disjointWith st:B . st:C rdfs:subClassOf st:A, st:B .",
        ["st:C has nothing in it, for st:A and st:B share nothing"],
    ),
    "empty class below another": (
        CLASSES + "st:A owl:disjointWith st:B . st:B rdfs:subClassOf st:A .",
        ["st:B has nothing in it, for st:A and st:B share nothing"],
    ),
    "literal for a thing": (
        CLASSES + "st:p rdfs:range st:A . state:x st:p 7 .",
        ['"7"^^xsd:integer, a value of st:p, is no st:A'],
    ),
    "thing for a literal": (
        "st:p rdfs:range xsd:date . state:x st:p state:y .",
        ["state:y, a value of st:p, is no xsd:date"],
    ),
    "other datatype": (
        'st:p rdfs:range xsd:date . state:x st:p "2031-02-03"^^xsd:date , "2031-02-03" .',
        ['"2031-02-03", a value of st:p, is no xsd:date'],
    ),
    "language": (
        'st:p rdfs:range xsd:string . state:x st:p "a"@en , "a" .',
        ['"a"@en, a value of st:p, is no xsd:string'],
    ),
    "derived datatype": (
        "st:p rdfs:range xsd:nonNegativeInteger . state:x st:p 5 , -5 .",
        ['"-5"^^xsd:integer, a value of st:p, is no xsd:nonNegativeInteger'],
    ),
    "datatype that is not known": (
        "st:p rdfs:range geo:wktLiteral . st:q rdfs:range <urn:x> . "
        'state:x st:p "POINT(1 2)"^^geo:wktLiteral , "x" ; st:q "y"^^<urn:x> .',
        [],
    ),
    "two values": (
        "st:p a owl:FunctionalProperty . state:x st:p state:z , state:y .",
        ["state:x has two values of st:p, state:y and state:z"],
    ),
    "two values by inference": (
        "st:p a owl:FunctionalProperty . st:q rdfs:subPropertyOf st:p . "
        'state:x st:p "2031-02-03"^^xsd:date ; st:q "2031-02-04"^^xsd:date .',
        [
            'state:x has two values of st:p, "2031-02-03"^^xsd:date and "2031-02-04"^^xsd:date',
        ],
    ),
    "two languages": (
        'st:p a owl:FunctionalProperty . state:x st:p "a"@en , "a"@uk .',
        ['state:x has two values of st:p, "a"@en and "a"@uk'],
    ),
    "one value": (
        "st:p a owl:FunctionalProperty . st:q a owl:ObjectProperty . "
        'state:x st:p 1 , "01"^^xsd:integer , 1.0 ; st:q state:y , state:z . '
        "state:y st:p _:b , state:x . state:z st:p state:x .",
        [],
    ),
    "none": (
        CLASSES
        + "st:A owl:disjointWith st:B . st:C rdfs:subClassOf st:A . state:x a st:A, st:C . "
        + "st:p rdfs:range xsd:integer , rdfs:Literal . state:x st:p 5 . "
        + 'st:q rdfs:range geo:wktLiteral , rdfs:Resource . state:x st:q "x" , state:y .',
        [],
    ),
}


@pytest.mark.parametrize(("turtle", "sentences"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_what_cannot_be_true_together_is_found(turtle, sentences):
    closure = Closure(quads(turtle), OWL_RL)
    found = contradictions(closure)

    assert [each.sentence for each in found] == sentences
    for each in found:
        assert each.triples
        assert all(closure.holds(ox.Triple(*triple)) for triple in each.triples)


@pytest.mark.parametrize(
    ("number", "end"), [(1, "."), (5, "."), (6, "; and 1 more."), (9, "; and 4 more.")]
)
def test_many_contradictions_are_counted_and_the_first_named(number, end):
    things = [f"state:x{each}" for each in range(number)]
    turtle = CLASSES + "st:A owl:disjointWith st:B . "
    turtle += "".join(f"{thing} a st:A, st:B . " for thing in things)

    with pytest.raises(InvalidData) as told:
        refuse_contradictions(Closure(quads(turtle), OWL_RL))

    sentences = "; ".join(f"{thing} is both st:A and st:B" for thing in things[:5])
    assert str(told.value) == f"Ontology and data contradict each other: {sentences}{end}"


def test_unsupported_axioms_are_listed_with_their_triples(tmp_path):
    path = tmp_path / "odd.ttl"
    axioms = (
        "st:p owl:propertyDisjointWith st:q . st:q a owl:AsymmetricProperty , owl:ObjectProperty ."
    )
    path.write_text(PREFIXES + axioms, encoding="utf-8")
    iri = f"{names.GRAPH}ontology/odd"
    document = read_document(iri, "ontology", path)

    found = unsupported_axioms(Dataset({iri: document}))

    assert [names.shorten(axiom.term.value) for axiom in found] == [
        "owl:propertyDisjointWith",
        "owl:AsymmetricProperty",
    ]
    assert [axiom.triple for axiom in found] == list(document.triples[:2])
    assert {axiom.document for axiom in found} == {document}


def test_a_project_without_an_ontology_has_no_rules_and_no_axioms(project):
    folders = Folders(None, None, project.folders.data)

    assert not infer(read_dataset(folders), folders).inferred


def test_every_conclusion_has_a_proof_that_ends_in_what_is_asserted(closure):
    def leaves(proof):
        if proof.rule is None:
            return [proof]
        return [leaf for premise in proof.premises for leaf in leaves(premise)]

    ours = [
        triple
        for triple in closure.inferred
        if triple.predicate.value in (f"{names.ST}contradicts", f"{names.ST}derivedFromStance")
    ]
    others = list(closure.inferred)[::97]

    assert len(ours) > 50
    for triple in [*ours[::10], *others]:
        proof = prove(closure, triple)
        ends = leaves(proof)
        assert ends
        assert grounds(proof) == [leaf.triple for leaf in ends]
        assert {closure.round_of(leaf) for leaf in grounds(proof)} == {0}
        assert all(leaf.graphs for leaf in ends)
        assert all(names.INFERRED_GRAPH not in leaf.graphs for leaf in ends)


def test_nothing_to_explain_is_said(closure):
    with pytest.raises(UnknownTriple, match="Nothing is inferred about"):
        find(closure, f"{names.ID}place/nowhere")
    with pytest.raises(UnknownTriple, match="expected an IRI"):
        find(closure, "not an iri")

"""Queries as short addresses: compressed, so that nothing has to be kept for them.

An address stays good as long as `_WORDS` does: it is what a text of version 1 was compressed
against. Other words need another version, and the old ones to stay for the old addresses.
"""

import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error

VERSION = "1"
LONGEST = 16_384  # bytes of a query
_WORDS = (
    b'BIND(COALESCE( AS ?LANG(LANGMATCHES(GROUP_CONCAT(DISTINCT ; SEPARATOR="CONSTRUCT {ASK {\n'
    b"NOT EXISTS {MINUS {UNION {VALUES ?GRAPH ?g {FROM <https://w3id.org/stimson/graph/"
    b"PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"
    b"PREFIX prov: <http://www.w3.org/ns/prov#>\nPREFIX oa: <http://www.w3.org/ns/oa#>\n"
    b"PREFIX dcterms: <http://purl.org/dc/terms/>\n"
    b"PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n"
    b"PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>\n"
    b"PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
    b"PREFIX stv: <https://w3id.org/stimson/vocabulary/>\n"
    b"PREFIX st: <https://w3id.org/stimson/ontology#>\n"
    b"state: place: organization: person: act: event: territory: source: statement: stance: "
    b"st:Statement st:Claim st:Quotation st:Vote st:Stance st:State st:holder ?holder "
    b"st:position ?position st:stanceObject ?object st:claimant st:claimedIn st:speaker st:readIn "
    b"rdfs:subClassOf rdfs:label ?label ?name skos:prefLabel (COUNT(*) AS ?n) GROUP BY ORDER BY "
    b'DESC(?n) FILTER(LANG(?label) = "en") OPTIONAL { SELECT DISTINCT * WHERE {\n  ?s ?p ?o .\n}\n'
    b"LIMIT 100"
)


def shorten(query: str) -> str:
    """Write the code of a query; "" if it is too long for one."""
    content = query.encode()
    if len(content) > LONGEST:
        return ""
    press = zlib.compressobj(9, wbits=-15, zdict=_WORDS)
    packed = press.compress(content) + press.flush()
    return VERSION + urlsafe_b64encode(packed).decode().rstrip("=")


def lengthen(code: str) -> str | None:
    """Read the query that a code stands for; None if it stands for none."""
    if not code.startswith(VERSION) or not code.isascii() or len(code) > 2 * LONGEST:
        return None
    text = code.removeprefix(VERSION)
    unpack = zlib.decompressobj(wbits=-15, zdict=_WORDS)
    try:
        packed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        content = unpack.decompress(packed, LONGEST + 1)
        query = content.decode()
    except (Error, zlib.error, ValueError):
        return None
    is_whole = unpack.eof and not unpack.unused_data and len(content) <= LONGEST
    return query if is_whole and query else None

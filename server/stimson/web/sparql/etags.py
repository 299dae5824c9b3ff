"""Pass an answer of the engine on to the client as it is, or say that it is the same as before."""

import hashlib
from collections.abc import Callable
from contextlib import ExitStack

from flask import Response, request

from ... import __version__
from ...engine import Answer, Request
from .negotiation import content_type
from .site import site


def ask(asked: Request) -> Response:
    """Run a query and relay its answer."""
    with ExitStack() as stack:
        answer = stack.enter_context(site().engine.answer(asked))
        return relay(answer, stack.pop_all())


def relay(answer: Answer, context: ExitStack) -> Response:
    """Make the response that sends `answer`, and leaves `context` once it is sent."""
    response = Response(answer.chunks, content_type=content_type(answer.media_type))
    # Always known: a client can tell a cut answer from a whole one.
    response.content_length = answer.length
    response.call_on_close(context.close)
    return response


def tag_of(*parts: object) -> str:
    """Name an answer by all it depends on: this program, the snapshot, and `parts`."""
    return tagger(*parts[:-1])(str(parts[-1]))


def tagger(*parts: object) -> Callable[[str], str]:
    """Make the function that names an answer by its query, given what else it depends on."""
    depends_on = (__version__, site().snapshot.name, site().config.default_graph, *parts)
    start = hashlib.sha256("".join(f"{part}\0" for part in depends_on).encode())

    def tag(query: str) -> str:
        named = start.copy()
        named.update(query.encode())
        return named.hexdigest()[:32]

    return tag


def tagged(tag: str, make: Callable[[], Response]) -> Response:
    """Answer with what `make` makes, or with 304 where the client has it already."""
    wanted = request.if_none_match
    if wanted.star_tag:  # "if there is anything", which only an answer shows
        make().close()
        response = Response(status=304)
    elif wanted.contains_weak(tag):
        response = Response(status=304)
    else:
        response = make()
    # Weak: the same rows may come in another order, or compressed.
    response.set_etag(tag, weak=True)
    response.cache_control.public = True
    response.cache_control.max_age = 0
    response.cache_control.must_revalidate = True
    return response

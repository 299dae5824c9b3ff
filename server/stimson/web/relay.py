"""Pass an answer of the engine on to the client as it is."""

from contextlib import ExitStack

from flask import Response

from ..engine import Answer, Request
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

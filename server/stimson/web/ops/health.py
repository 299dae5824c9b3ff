"""Two questions of an operator: is the process alive, and would a query be answered?"""

from flask import Blueprint, Response

from ...engine.threads import PROBE
from ...errors import NotReady, QueryError
from ..sparql.site import site

blueprint = Blueprint("health", __name__)
_TEXT = "text/plain; charset=utf-8"


@blueprint.get("/healthz")
def alive() -> Response:
    """Answer, and thereby say all."""
    return Response("alive\n", content_type=_TEXT)


@blueprint.get("/readyz")
def ready() -> Response:
    """Say which snapshot is served, or raise `NotReady` with the reason why it is not."""
    if site().operation.is_stopping:
        raise NotReady("The server is stopping.")
    try:
        with site().engine.answer(PROBE):
            return Response(f"{site().snapshot.name}\n", content_type=_TEXT)
    except QueryError as fault:
        raise NotReady(f"The query engine does not answer: {fault}") from fault


@blueprint.after_request
def _forbid_to_keep(response: Response) -> Response:
    response.cache_control.no_store = True
    return response

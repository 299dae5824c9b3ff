"""Two questions of an operator: is the process alive, and would a query be answered?"""

from flask import Blueprint, Response

from ..errors import EngineBusy
from .site import site

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> Response:
    """Answer, and thereby say all."""
    return Response("alive\n", content_type="text/plain; charset=utf-8")


@blueprint.get("/readyz")
def ready() -> Response:
    """Say which snapshot is served, or raise `EngineBusy` if no query would be answered."""
    if not site().engine.is_ready():
        raise EngineBusy("The query engine does not answer.")
    return Response(f"{site().snapshot.name}\n", content_type="text/plain; charset=utf-8")

"""What an operator asks: is the process alive, would a query be answered, what has it done?"""

from flask import Blueprint, Response, abort, request

from ...config import OFF, environment_name
from ...engine.threads import PROBE
from ...errors import MetricsRefused, NotReady, QueryError
from ...networks import is_within, read_networks
from ..ops import access_log
from ..sparql.site import site

blueprint = Blueprint("monitoring", __name__)
_TEXT = "text/plain; charset=utf-8"
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")


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


@blueprint.get("/metrics")
def metrics() -> Response:
    """Write all metrics for Prometheus, or raise `MetricsRefused`."""
    if site().config.metrics == OFF:
        abort(404)
    if not _is_operator():
        name = environment_name("metrics")
        raise MetricsRefused(f"Metrics are only served to the networks configured in {name}.")
    operation = site().operation
    operation.measure()
    text, content_type = operation.metrics.expose(request.headers.get("Accept", ""))
    return Response(text, content_type=content_type)


@blueprint.after_request
def _forbid_to_keep(response: Response) -> Response:
    response.cache_control.no_store = True
    return response


def _is_operator() -> bool:
    """Tell whether the client is in one of the networks that metrics are served to.

    Behind a proxy that is not trusted every client has the proxy's address: then none is known
    to be in those networks.
    """
    config, address = site().config, access_log.current().address
    is_proxied = any(name in request.headers for name in (*_FORWARDED, config.client_header))
    if is_proxied and not config.trusted_proxies:
        return False
    return is_within(address, read_networks(environment_name("metrics"), config.metrics))


@blueprint.after_app_request
def _note_route(response: Response) -> Response:
    if request.url_rule is not None:
        access_log.current().route = request.url_rule.rule
    return response

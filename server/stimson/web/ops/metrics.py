"""The metrics, for those who operate the server."""

from flask import Blueprint, Flask, Response, abort, request

from ...config import OFF, environment_name
from ...errors import MetricsRefused
from ...networks import is_within, read_networks
from ..sparql.site import site
from . import records
from .families import FAMILIES
from .meters import CONTENT_TYPE, expose

blueprint = Blueprint("metrics", __name__)
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")


@blueprint.get("/metrics")
def metrics() -> Response:
    """Write all counts and measures for Prometheus, or raise `MetricsRefused`."""
    if site().config.metrics == OFF:
        abort(404)
    if not _is_allowed():
        name = environment_name("metrics")
        raise MetricsRefused(f"/metrics answers only the networks that {name} names.")
    text = expose(FAMILIES, site().operation.samples())
    response = Response(text, content_type=CONTENT_TYPE)
    response.cache_control.no_store = True
    return response


def register(app: Flask) -> None:
    """Note by which route a request was answered."""
    app.after_request(_note)


def _is_allowed() -> bool:
    """Tell whether the operator asks.

    Behind a proxy that nobody said to trust everyone has the proxy's address: then nobody
    is known to be the operator.
    """
    config, address = site().config, records.current().address
    is_proxied = any(name in request.headers for name in (*_FORWARDED, config.client_header))
    if is_proxied and not config.trusted_proxies:
        return False
    return is_within(address, read_networks(environment_name("metrics"), config.metrics))


def _note(response: Response) -> Response:
    record = records.current()
    if request.url_rule is not None:
        record.route = request.url_rule.rule
    return response

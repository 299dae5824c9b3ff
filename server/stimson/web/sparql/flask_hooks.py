"""What is done to every request and response of the Flask application, by the protocol's rules."""

from contextlib import ExitStack
from tempfile import SpooledTemporaryFile

from flask import Flask, Response, g, request

from ...config import Config
from .compression import choose_coding, is_text, is_worth_compressing, pack, read_back
from .conditional import failed_precondition
from .flask_responses import send_problem
from .headers import CommonHeaders
from .problems import problem_of

_IN_MEMORY = 2**20  # bytes


def register(app: Flask, config: Config) -> None:
    """Have `app` check preconditions, compress, and add the headers of all responses."""
    common = CommonHeaders(config)

    def add_headers(response: Response) -> Response:
        for name, value in common.of(request.path, request.query_string):
            # A view may have a policy of its own, such as one that lets its page be framed.
            if name == "link" or name not in response.headers:
                response.headers.add(name, value)
        if request.method == "OPTIONS":
            _preflight(response)
        return response

    app.before_request(_take_if_match)
    app.after_request(add_headers)
    app.after_request(_compress)
    app.after_request(_check_preconditions)  # before the others: the last is run first


def _take_if_match() -> None:
    """Take If-Match out of the request: for files, the framework reads `*` as a tag."""
    g.if_match = request.environ.pop("HTTP_IF_MATCH", None)


def _check_preconditions(response: Response) -> Response:
    etag, changed = (response.headers.get(name, "") for name in ("ETag", "Last-Modified"))
    if_match = g.get("if_match")
    failed = failed_precondition(request, if_match, response.status_code, etag, changed)
    if failed is None:
        return response
    response.close()  # nobody will read it
    return send_problem(problem_of(failed))


def _compress(response: Response) -> Response:
    if not is_text(response.mimetype):
        return response
    response.vary.add("Accept-Encoding")
    coding = choose_coding(request.headers.get("Accept-Encoding", ""))
    length = response.content_length or response.calculate_content_length() or 0
    is_whole = response.content_encoding is None
    if coding is None or not is_whole or not is_worth_compressing(response.status_code, length):
        return response
    with ExitStack() as stack:
        stack.callback(getattr(response.response, "close", lambda: None))
        packed = stack.enter_context(SpooledTemporaryFile(max_size=_IN_MEMORY))
        response.content_length = pack(response.response, coding, packed)
        response.call_on_close(stack.pop_all().close)
    response.response = read_back(packed)
    response.direct_passthrough = False
    response.content_encoding = coding
    response.headers.pop("Accept-Ranges", None)
    etag, is_weak = response.get_etag()
    if etag and not is_weak:  # byte for byte, it is another representation
        response.set_etag(etag, weak=True)
    return response


def _preflight(response: Response) -> None:
    response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET")
    response.headers["Access-Control-Max-Age"] = "86400"
    if wanted := request.headers.get("Access-Control-Request-Headers"):
        response.headers["Access-Control-Allow-Headers"] = wanted
    response.vary.add("Access-Control-Request-Headers")

"""The web face: SPARQL protocol, pages, linked data. It knows an engine by `Engine` only."""

from flask import Flask

from ..config import Config
from ..engine import Engine
from ..queries import SavedQuery
from ..rdf import Folders
from ..snapshot import Snapshot
from ..validation.sandbox.pool import Checkers
from .ops.health import blueprint as health
from .ops.metrics import blueprint as metrics
from .ops.metrics import register as note_routes
from .ops.operation import Operation
from .pages.addresses import register as introduce
from .pages.describe import blueprint as descriptions
from .pages.documents import blueprint as wholes
from .pages.home import blueprint as pages
from .pages.reconcile import blueprint as reconciliation
from .pages.saved import blueprint as saved
from .pages.validate import blueprint as validation
from .sparql.endpoint import blueprint as endpoint
from .sparql.flask_hooks import register as add_hooks
from .sparql.flask_responses import register as answer_errors
from .sparql.graph_store import blueprint as graphs
from .sparql.hosts import register as guard_host
from .sparql.metadata import blueprint as metadata
from .sparql.prefixes import blueprint as prefixes
from .sparql.protocol import body_limit
from .sparql.site import Site


def create_app(
    config: Config,
    engine: Engine,
    snapshot: Snapshot,
    queries: dict[str, SavedQuery],
    operation: Operation | None = None,
    folders: Folders | None = None,
) -> Flask:
    """Make the WSGI application that serves one snapshot through one engine.

    `folders` hold the rules and the shapes that are shown; those that are installed, if None.
    """
    app = Flask(__name__, static_folder="pages/static", template_folder="pages/templates")
    if "files" in snapshot.manifest:  # the saved questions are about our own graph
        queries = {}
    operation = operation or Operation(config)
    checkers, folders = Checkers(config), folders or Folders()
    app.extensions["stimson"] = Site(
        config, engine, snapshot, queries, checkers, operation, folders
    )
    app.config["MAX_CONTENT_LENGTH"] = body_limit(config.query_kb)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for part in (
        endpoint,
        prefixes,
        metadata,
        graphs,
        pages,
        descriptions,
        wholes,
        saved,
        validation,
        reconciliation,
        health,
        metrics,
    ):
        app.register_blueprint(part)
    introduce(app)
    answer_errors(app)
    note_routes(app)
    guard_host(app)
    add_hooks(app, config)
    return app

"""The web face: SPARQL protocol, pages, linked data. It knows an engine by `Engine` only."""

from flask import Flask

from ..config import Config
from ..engine import Engine
from ..queries import SavedQuery
from ..rdf import Folders
from ..snapshot import Snapshot
from ..validation.sandbox.validation_server import ValidationServer
from .ops.operation import Operation
from .pages.addresses import register as introduce
from .pages.entities import blueprint as entities
from .pages.graphs import blueprint as named_graphs
from .pages.home import blueprint as home
from .pages.monitoring import blueprint as monitoring
from .pages.monitoring import register as note_routes
from .pages.reconcile import blueprint as reconciliation
from .pages.saved_queries import blueprint as saved_queries
from .pages.validate import blueprint as validation
from .pages.vocabularies import blueprint as vocabularies
from .sparql.endpoint import blueprint as endpoint
from .sparql.flask_responses import register as add_hooks
from .sparql.graph_store import blueprint as graphs
from .sparql.metadata import blueprint as metadata
from .sparql.protocol import body_limit
from .sparql.site import Site
from .sparql.site import register as guard_host


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
    checkers, folders = ValidationServer(config), folders or Folders()
    app.extensions["stimson"] = Site(
        config, engine, snapshot, queries, checkers, operation, folders
    )
    app.config["MAX_CONTENT_LENGTH"] = body_limit(config.query_kb)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for part in (
        endpoint,
        metadata,
        graphs,
        home,
        saved_queries,
        entities,
        vocabularies,
        named_graphs,
        validation,
        reconciliation,
        monitoring,
    ):
        app.register_blueprint(part)
    introduce(app)
    note_routes(app)
    guard_host(app)
    add_hooks(app, config)
    return app

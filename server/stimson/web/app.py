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
from .sparql.compression import register as compress
from .sparql.conditional import register as check_preconditions
from .sparql.endpoint import blueprint as endpoint
from .sparql.graph_store import blueprint as graphs
from .sparql.headers import register as add_headers
from .sparql.hosts import register as guard_host
from .sparql.limits import register as show_limits
from .sparql.metadata import blueprint as metadata
from .sparql.prefixes import blueprint as prefixes
from .sparql.problems import register as shape_problems
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
    checkers, folders = ValidationServer(config), folders or Folders()
    app.extensions["stimson"] = Site(
        config, engine, snapshot, queries, checkers, operation, folders
    )
    # A form's percent signs can make a query three times as long as it is.
    app.config["MAX_CONTENT_LENGTH"] = 3 * config.query_kb * 1024 + 4096
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for part in (
        endpoint,
        prefixes,
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
    add_headers(app)
    show_limits(app, config)
    shape_problems(app)
    compress(app)
    note_routes(app)
    guard_host(app)
    check_preconditions(app)  # before all others: those are run from the last to the first
    return app

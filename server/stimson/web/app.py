"""The web face: SPARQL protocol, pages, linked data. It knows an engine by `Engine` only."""

from flask import Flask

from ..config import Config
from ..engine import Engine
from ..queries import SavedQuery
from ..rdf import Folders
from ..snapshot import Snapshot
from ..snapshot.known_names import KnownNames
from ..validation.sandbox.validation_server import ValidationServer
from .ops.operation import Operation
from .pages import (
    about,
    addresses,
    answers,
    crawlers,
    entities,
    graphs,
    home,
    monitoring,
    reconcile,
    saved_queries,
    search,
    sparql_editor,
    validate,
    vocabularies,
)
from .sparql import endpoint, flask_responses, graph_store, metadata, site
from .sparql.protocol import body_limit
from .views import chronology, compare, stances, territory_map

_PARTS = (
    *(
        endpoint,
        metadata,
        graph_store,
        home,
        saved_queries,
        answers,
        entities,
        vocabularies,
        graphs,
    ),
    *(about, crawlers, search, sparql_editor, validate, reconcile, monitoring),
    *(stances, territory_map, chronology, compare),
)


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
    known = KnownNames(snapshot.dataset)
    app.extensions["stimson"] = site.Site(
        config, engine, snapshot, queries, checkers, operation, folders, known
    )
    app.config["MAX_CONTENT_LENGTH"] = body_limit(config.query_kb)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["has_ontology"] = addresses.has_ontology
    for part in _PARTS:
        app.register_blueprint(part.blueprint)
    site.register(app)
    flask_responses.register(app, config)
    sparql_editor.register(app)
    return app

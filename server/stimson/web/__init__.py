"""The web face: SPARQL protocol, pages, linked data. It knows an engine by `Engine` only."""

from flask import Flask

from ..config import Config
from ..engine import Engine
from ..queries import SavedQuery
from ..snapshot import Snapshot
from .describe import blueprint as descriptions
from .headers import register as add_headers
from .health import blueprint as health
from .pages import blueprint as pages
from .problems import register as shape_problems
from .site import Site
from .sparql import blueprint as endpoint


def create_app(
    config: Config, engine: Engine, snapshot: Snapshot, queries: dict[str, SavedQuery]
) -> Flask:
    """Make the WSGI application that serves one snapshot through one engine."""
    app = Flask(__name__)
    app.extensions["stimson"] = Site(config, engine, snapshot, queries)
    # A form's percent signs can make a query three times as long as it is.
    app.config["MAX_CONTENT_LENGTH"] = 3 * config.query_kb * 1024 + 4096
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for part in (endpoint, pages, descriptions, health):
        app.register_blueprint(part)
    add_headers(app)
    shape_problems(app)
    return app

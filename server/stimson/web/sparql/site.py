"""What every view needs: the settings, the engine, the snapshot, the saved queries."""

from dataclasses import dataclass

from flask import current_app

from ...config import Config
from ...engine import Engine
from ...queries import SavedQuery
from ...rdf import Folders
from ...snapshot import Snapshot
from ...validation.sandbox.validation_server import ValidationServer
from ..ops.operation import Operation
from .protocol import Edition


@dataclass(frozen=True, slots=True)
class Site:
    """The values an application was made with; `folders` hold the rules and shapes it shows."""

    config: Config
    engine: Engine
    snapshot: Snapshot
    queries: dict[str, SavedQuery]
    checkers: ValidationServer
    operation: Operation
    folders: Folders

    @property
    def edition(self) -> Edition:
        """What responses depend on, beside what is asked."""
        return Edition.of(self.snapshot, self.config)


def site() -> Site:
    """Find the values of the application that handles the current request."""
    found: Site = current_app.extensions["stimson"]
    return found

"""Write what was found as the specification has it."""

import time
from collections.abc import Mapping

from ..errors import ReconciliationTooLarge
from .index import Index
from .query import Query
from .score import Candidate, reconcile
from .suggest import cut

SECONDS = 5.0  # of processor time for one batch; ordinary ones take a twentieth of that


def answer_batch(
    index: Index, batch: Mapping[str, Query], seconds: float = SECONDS
) -> dict[str, dict[str, object]]:
    """Answer every query of a batch, each on its own."""
    end = time.thread_time() + seconds
    found: dict[str, dict[str, object]] = {}
    for key, query in batch.items():
        if time.thread_time() > end:
            raise ReconciliationTooLarge(
                f"This batch takes more than {seconds:g} seconds: send fewer queries at once."
            )
        found[key] = {"result": [_show(index, each) for each in reconcile(index, query)]}
    return found


def _show(index: Index, candidate: Candidate) -> dict[str, object]:
    thing = candidate.thing
    return {
        "id": thing.id,
        "name": thing.label,
        "description": cut(thing.description),
        "type": [{"id": each, "name": index.types[each].label} for each in thing.types],
        "score": candidate.score,
        "features": [{"id": id, "value": value} for id, value in candidate.features.items()],
        "match": candidate.is_match,
    }

"""The YAML that heads a saved query, a rule or a file of mappings: a few plain values.

YAML can do more than a header needs, at a cost: a kilobyte of aliases stands for gigabytes,
and a reader goes as deep as the text does.
"""

from typing import Any

import yaml

_DEEPEST = 20


def read_yaml(text: str, loader: Any) -> Any:
    """Read YAML by a loader of plain values, or raise `YAMLError`."""
    depth = 0
    for event in yaml.parse(text, loader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent):
            raise _fault("an alias stands here; write out what it stands for", event)
        if depth > _DEEPEST:
            raise _fault(f"values are nested more than {_DEEPEST} times", event)
    try:
        return yaml.load(text, Loader=loader)
    except ValueError as fault:  # a date that is in no calendar, a number without an end
        raise yaml.YAMLError(f"a value cannot be read: {fault}") from fault


def _fault(problem: str, event: Any) -> yaml.YAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)

"""A project: what is to be checked, and by which standards.

Its defaults stand in ``stimson.toml``, found in the working folder or above it; paths in it
are relative to it. Without that file the project is Stimson itself, as installed. The
command line goes before both; where it names other data, the file's queries, sources,
waivers and counts are left out, since they speak of the file's own data.

`configuration` says what each key means, which values fit, and what holds where it is not given.
"""

from .configuration import (
    ALL,
    FILE,
    OTHERS_WORDS,
    STAGES,
    Count,
    Neutrality,
    Project,
    expand,
    read_project,
)
from .toml import Key, TomlFile, read_toml, suggest

__all__ = [
    "ALL",
    "FILE",
    "OTHERS_WORDS",
    "STAGES",
    "Count",
    "Key",
    "Neutrality",
    "Project",
    "TomlFile",
    "expand",
    "read_project",
    "read_toml",
    "suggest",
]

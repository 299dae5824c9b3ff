"""A project: what is to be checked, and by which standards.

Its defaults stand in ``stimson.toml``, found in the working folder or above it; paths in it
are relative to it. Without that file the project is Stimson itself, as installed. The
command line goes before both; where it names other data, the file's queries, sources,
waivers and counts are left out, since they speak of the file's own data.

| key | meaning |
| --- | --- |
| `validate.data` | Folder of the data. |
| `validate.shapes` | Folder of the SHACL shapes. |
| `validate.ontology` | Folder of the ontology. |
| `validate.queries` | Folder of the saved queries. |
| `validate.sources` | Folder of the archived texts of the sources. |
| `validate.waivers` | File of the waivers. |
| `validate.stages` | The stages that run. |
| `validate.fail-on` | The mildest severity that fails the run. |
| `validate.terms` | IRIs that begin so must be defined in the ontology. |
| `validate.things` | IRIs that begin so must be defined in some file. |
| `validate.counts.class` | Class of the things, or one above it. |
| `validate.counts.minimum` | There must be at least so many. |
| `validate.counts.maximum` | There may be at most so many. |
| `prefixes.…` | The IRI that a prefix stands for, in this file and in the waivers. |

`keys` says which values fit, and what holds where a key is not given.
"""

from .configuration import FILE, Count, Project, read_project
from .keys import ALL, STAGES, expand
from .toml import Key, TomlFile, read_toml, suggest

__all__ = [
    "ALL",
    "FILE",
    "STAGES",
    "Count",
    "Key",
    "Project",
    "TomlFile",
    "expand",
    "read_project",
    "read_toml",
    "suggest",
]

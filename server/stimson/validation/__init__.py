"""Validation: every check that the files must pass, in one report.

`pipeline` reads the files, runs the `stages` that are due and applies the `waivers`. Each stage
has a file of its checks, which make findings:

| stage | checks |
| --- | --- |
| syntax | `input_files`, `literal_checks` |
| references | `references` |
| ontology | `ontology` |
| shacl | `shapes`, `shape_effect` |
| quotations | `sources.quotations` |
| neutrality | `neutrality` |
| counts | `completeness` |
| queries | `completeness` |

`catalogue` describes all rules, `reports` writes what was found, `sandbox` checks what is sent
to the server.
"""

"""The command line: one file per command, and the one place where errors end.

A command imports what it works with only when it runs, so that each starts as fast
as it can: no web server for `validate`, no validator for `query`.
"""

import logging
from typing import Any

import click

from .. import __version__
from ..config import read_config
from ..errors import StimsonError
from .build import build
from .exits import code_of
from .explain import explain
from .info import info
from .options import Settings
from .query import query
from .quote import quote
from .reason import reason
from .serve import serve
from .validate import validate


class _Group(click.Group):
    """Ends an error as one line and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was named."""
        try:
            return super().invoke(ctx)
        except StimsonError as fault:
            click.echo(f"error: {fault}", err=True)
            ctx.exit(code_of(fault))


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="stimson")
@click.option("-q", "--quiet", is_flag=True, help="Print results and errors only.")
@click.pass_context
def main(context: click.Context, quiet: bool) -> None:
    """Who says whose land it is, in which words, and who disagrees."""
    context.obj = Settings(read_config(), quiet)
    # rdflib logs a traceback for every literal it cannot convert; validation reports these.
    logging.getLogger("rdflib").setLevel(logging.ERROR)


for _command in (build, explain, info, query, quote, reason, serve, validate):
    main.add_command(_command)

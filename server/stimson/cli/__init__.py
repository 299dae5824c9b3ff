"""The command line: one file per command, and the one place where errors end.

A command is imported when it is named, and imports what it works with when it runs, so
that each starts as fast as it can: no web server for `validate`, no validator for `query`.
"""

from __future__ import annotations

import logging
import sys
from dataclasses import replace
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import click

from .. import __version__
from ..config import environment_name, read_config
from ..errors import StimsonError
from . import options, workspace
from .exits import FAILURE, INTERRUPTED, code_of
from .options import Settings

# Each stands in the module of its name.
COMMANDS = (
    *("build", "explain", "fmt", "info", "mappings", "new", "query", "quote", "reason", "release"),
    *("search", "serve", "validate", "wikidata"),
)


class _Group(click.Group):
    """Imports the command that is named, and ends an error as one line and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; None if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f".{cmd_name}", __package__), cmd_name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except StimsonError as fault:
            click.echo(f"error: {fault}", err=True)
            ctx.exit(code_of(fault))
        except OSError as fault:
            if fault.filename is None:  # not a file that somebody named
                raise
            click.echo(f"error: {fault.filename}: {fault.strerror}.", err=True)
            ctx.exit(FAILURE)
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="stimson")
@click.option("-q", "--quiet", is_flag=True, help="Print results and errors only.")
@click.option(
    "--project",
    envvar=environment_name("project"),
    type=options.EXISTING_FOLDER,
    help="Project folder, instead of the working folder (or STIMSON_PROJECT).",
)
@click.pass_context
def main(context: click.Context, quiet: bool, project: Path | None) -> None:
    """Who says whose land it is, in which words, and who disagrees.

    Every command works on the project that it is run in: the nearest folder, here or above,
    that holds stimson.toml. Without one, it reads the data that came with Stimson. It says
    on standard error what it reads.
    """
    config = read_config(home=workspace.home(project))
    named = str(project.absolute()) if project else ""
    context.obj = Settings(replace(config, project=named), quiet)
    if isinstance(sys.stdout, TextIOWrapper):  # a path need not be text
        sys.stdout.reconfigure(errors="surrogateescape")
    # rdflib logs a traceback for every literal it cannot convert; validation reports these.
    logging.getLogger("rdflib").setLevel(logging.ERROR)

"""Run the command line as ``python -m stimson``."""

from .cli import main

main()

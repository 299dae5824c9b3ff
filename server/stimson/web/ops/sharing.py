"""The folder in which the web processes of a server share what they count.

prometheus_client finds it in the environment when it is first imported, so this module,
which the first process needs, does not import it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


@contextmanager
def shared_folder(folder: Path | None) -> Iterator[None]:
    """Have web processes started in this context count in `folder`; in memory, if it is None."""
    os.environ.pop(_VARIABLE, None)
    if folder is None:
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    os.environ[_VARIABLE] = str(folder)
    _remove_files_of_the_dead(folder)  # the last server may have been killed
    try:
        yield
    finally:
        _remove_files_of_the_dead(folder)


def files(folder: Path) -> Iterator[Path]:
    """List the files of all processes that have counted here.

    What a process has counted stays counted when it is gone, else a sum would shrink. What it
    measured goes with it.
    """
    for file in folder.glob("*.db"):
        if file.name.startswith("gauge_live") and not _is_writer_alive(file):
            file.unlink(missing_ok=True)
        elif file.stat().st_size:  # else it is being made
            yield file


def _remove_files_of_the_dead(folder: Path) -> None:
    for file in folder.glob("*.db"):
        if not _is_writer_alive(file):
            file.unlink(missing_ok=True)


def _is_writer_alive(file: Path) -> bool:
    """Tell whether the process is there that a file such as `counter_4711.db` is named after."""
    try:
        os.kill(int(file.stem.rpartition("_")[2]), 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it is another user's
        pass
    return True

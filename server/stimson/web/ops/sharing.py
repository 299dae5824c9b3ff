"""What the web processes of one server let each other know: their samples, in files."""

import json
import os
from collections.abc import Collection, Iterator
from pathlib import Path

from .meters import Samples


class Sharing:
    """A folder with a file for each process, also for those that are gone."""

    def __init__(self, folder: Path, gauges: Collection[str]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._own = folder / f"{os.getpid()}.json"
        self._gauges = gauges

    def publish(self, samples: Samples) -> None:
        """Let the others know."""
        fresh = self._own.with_suffix(".fresh")
        fresh.write_text(json.dumps(list(samples.items())), encoding="utf-8")
        fresh.replace(self._own)

    def others(self) -> Iterator[Samples]:
        """Read what the others let be known.

        What a process has counted stays counted when it is gone: else a sum would shrink.
        What it measured goes with it.
        """
        for file in sorted(self._folder.glob("*.json")):
            if file == self._own:
                continue
            samples = {tuple(key): value for key, value in json.loads(file.read_bytes())}
            if not _is_alive(int(file.stem)):
                samples = {key: samples[key] for key in samples if key[0] not in self._gauges}
            yield samples


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True

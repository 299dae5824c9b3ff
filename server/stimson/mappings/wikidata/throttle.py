"""How a guest behaves: who it says it is, how often it asks, and how long it waits when told to.

https://foundation.wikimedia.org/wiki/Policy:Wikimedia_Foundation_User-Agent_Policy
https://www.mediawiki.org/wiki/API:Etiquette
"""

import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from ... import __version__
from ...errors import StimsonError

_CONTACT = re.compile(r"[^\s@()<>]+@[^\s@()<>]+\.[^\s@()<>]+|https?://[^\s()<>]+")


@dataclass
class Manners:
    """The pace of asking and the patience after a refusal; all times are in seconds.

    A wait after a failure doubles with each one in a row, and is drawn between half of that
    and all of it, so that several guests who were sent away together do not return together.
    """

    rate: float = 1.0  # requests in a second
    first_wait: float = 2.0
    longest_wait: float = 120.0
    longest_asked: float = 600.0  # a longer one asked for by the host ends the visit
    attempts: int = 6
    timeout: float = 30.0  # without a byte
    whole: float = 120.0  # for one answer
    sleep: Callable[[float], None] = time.sleep
    draw: Callable[[float, float], float] = random.uniform
    _next: float = field(default=0.0, repr=False)

    def keep_pace(self) -> None:
        """Wait until the next request may be sent."""
        now = time.monotonic()
        if self._next > now:
            self.sleep(self._next - now)
        self._next = max(now, self._next) + 1 / self.rate

    def wait_after(self, failures: int, asked: float | None) -> float:
        """Tell how long to wait after some failures in a row; never less than was asked for."""
        most = min(self.longest_wait, self.first_wait * 2 ** (failures - 1))
        return max(self.draw(most / 2, most), asked or 0.0)


def name(contact: str = "") -> str:
    """Say who asks, and how to reach them if that is known."""
    about = "; ".join(("https://w3id.org/stimson/", *([contact] if contact else [])))
    return f"Stimson/{__version__} ({about}) python-http.client"


def user_agent(contact: str) -> str:
    """Say who asks and how to reach them, or raise `StimsonError` if that cannot be told."""
    if not _CONTACT.fullmatch(contact):
        raise StimsonError(
            "Wikidata wants to know whom to write to: give your mail address or web page with "
            "--user-agent-contact, or by STIMSON_WIKIDATA_CONTACT."
        )
    return name(contact)


def retry_after(text: str | None) -> float | None:
    """Read ``Retry-After``, which is a number of seconds or a date; None if it is neither."""
    if text is None:
        return None
    if text.strip().isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())

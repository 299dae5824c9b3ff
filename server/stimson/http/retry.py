"""When a request is sent again."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

from ..errors import PeerError
from .response import HttpResponse


class TemporaryFailure(PeerError):
    """The server cannot answer just now; `retry_after` is what it asks for, in seconds."""

    def __init__(
        self, address: str, problem: str, retry_after: float | None, response: HttpResponse
    ) -> None:
        super().__init__(address, problem)
        self.retry_after, self.response = retry_after, response


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often a request is sent in all, and after how long again; times are in seconds.

    Each wait is `factor` times the one before, and drawn between that less its part of `jitter`
    and all of it, so that several clients who were sent away together do not return together.
    """

    attempts: int = 1
    attempts_after_loss: int = 2  # a server that breaks down over a request must not get it often
    first_wait: float = 0.1
    factor: float = 2.0
    longest_wait: float = 120.0
    longest_asked: float = math.inf  # a longer Retry-After ends the attempts
    jitter: float = 0.0
    statuses: frozenset[int] = frozenset((502, 503, 504))  # what may be over in a moment
    draw: Callable[[float, float], float] = random.uniform

    def wait_after(self, failures: int, losses: int, asked: float | None) -> float | None:
        """Tell how long to wait after some failures in a row; None to give up.

        `losses` of them were lost connections; `asked` is what the server has asked for.
        """
        if failures >= self.attempts or losses >= self.attempts_after_loss:
            return None
        if asked is not None and asked > self.longest_asked:
            return None
        most = min(self.longest_wait, self.first_wait * self.factor ** (failures - 1))
        return max(self.draw(most * (1 - self.jitter), most), asked or 0.0)

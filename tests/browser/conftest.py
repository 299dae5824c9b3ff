"""One browser for all tests of a file."""

from collections.abc import Iterator

import pytest
from browsing import browsing


@pytest.fixture(scope="module")
def browser() -> Iterator:
    """Chromium, without a window."""
    with browsing() as running:
        yield running

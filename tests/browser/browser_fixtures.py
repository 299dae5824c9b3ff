"""One browser for all tests of a file, and the graph of this repository, served."""

from collections.abc import Iterator

import pytest
from browsing import browsing

from http_fixtures import Site
from http_fixtures import shipped_site as shipped_site


@pytest.fixture(scope="module")
def browser() -> Iterator:
    """Chromium, without a window."""
    with browsing() as running:
        yield running


@pytest.fixture(scope="module")
def site(shipped_site: Site) -> Site:
    """The graph of this repository, served."""
    return shipped_site

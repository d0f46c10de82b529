"""What all tests share: the option that rewrites stories, and Hypothesis that does not watch the clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from hypothesis import HealthCheck, settings

from portside.catalogs.local import LocalCatalog

pytest_plugins = ("postgres",)

settings.register_profile("portside", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("portside")


@pytest.fixture(autouse=True, scope="session")
def _no_cache_of_the_users(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A test neither reads nor fills what whoever runs it has kept."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def embedded(request: pytest.FixtureRequest) -> Callable[..., LocalCatalog]:
    """Opens the test's own embedded catalog, on each database; called again, it opens the same one."""
    from catalog_contract import EMBEDDED

    return partial(EMBEDDED[request.param], request)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="write what the stories print now into the stories")

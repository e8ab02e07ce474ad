"""What every test may use: ``--update-golden`` rewrites what golden cases expect. Read that diff like code."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden/*/expected.json")


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden expectations are to be rewritten, not compared with."""
    return bool(request.config.getoption("--update-golden"))

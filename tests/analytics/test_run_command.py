"""`flask analytics run`: the contract with people who automate."""

from __future__ import annotations

import json

import pytest

from tests.analytics.shop import cdnow, sell


def run(app, *arguments):
    return app.test_cli_runner().invoke(args=["analytics", "run", *arguments])


def printed(app, *arguments):
    result = run(app, *arguments)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def asked(**parameters):
    return [part for name, value in parameters.items() for part in ("--param", f"{name}={value}")]


@pytest.fixture
def cdnow_shop(cast, company):
    with cast.inside(company):
        sell(cdnow())
    return company


def test_clv_prints_the_published_cdnow_figures(app, cdnow_shop):
    found = printed(
        app,
        cdnow_shop.slug,
        "clv",
        *asked(
            model="bgnbd",
            unit="week",
            calibration_end="1997-09-30",
            observation_end="1998-06-30",
        ),
    )
    assert found["model"] == "bgnbd"
    assert found["unit"] == "week"
    assert found["customers"] == 2357
    parameters = {name: round(value, 3) for name, value in found["parameters"].items()}
    assert parameters == {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
    assert round(found["log_likelihood"], 1) == -9582.4

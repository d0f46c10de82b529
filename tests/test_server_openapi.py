"""The OpenAPI document says what is served, and every operation keeps to it whatever it is asked (schemathesis)."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from portside.server.api import endpoints, facts, validator
from portside.server.openapi import document
from portside.server.operations import OPERATIONS, TOKEN
from portside.server.operations import served as is_served
from portside.server.paths import Paths
from portside.server.promises import MEMBERS
from served import Served, served
from stocked import identified, stock

EXAMPLES = max(1, int(os.environ.get("PORTSIDE_EXAMPLES", "0")) // 100) if "PORTSIDE_EXAMPLES" in os.environ else 4


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("openapi")) as found:
        yield found


@pytest.fixture(scope="module")
def stocked(server: Served) -> list[Mapping[str, str]]:
    """The last one holds the names of what is there."""
    return [stock(server.catalog)]


@pytest.fixture(scope="module")
def described() -> Any:
    loosened = copy.deepcopy(dict(document()))
    scorecards = loosened["paths"]["/v1/blueprints/{blueprint_identifier}/scorecards"]["post"]
    for word in ("if", "then", "else"):  # for these, hypothesis-jsonschema finds no value
        del scorecards["requestBody"]["content"]["application/json"]["schema"][word]
    return schemathesis.openapi.from_dict(loosened)


def test_the_document_is_served_to_anybody(server: Served) -> None:
    answer = httpx.get(f"{server.base}/openapi.json")
    assert (answer.status_code, answer.json()) == (200, document())


def test_the_document_lists_every_operation_of_port_and_those_for_deliveries() -> None:
    listed = {f"{method} {path}" for path, methods in document()["paths"].items() for method in methods}
    assert listed == {*facts()["operations"], *(key for key in OPERATIONS if "/portside/" in key)}
    assert len(facts()["operations"]) == 73


def test_what_is_served_is_described_and_what_is_promised_is_served() -> None:
    assert set(OPERATIONS) <= set(endpoints())
    assert {*MEMBERS} <= {*endpoints()}


def test_every_schema_in_the_document_is_one() -> None:
    for key in endpoints():
        assert validator(key, "query").is_valid({})
        assert validator(key, "body") is not None


def test_every_operation_is_served_or_says_in_a_sentence_that_it_is_not(
    server: Served, stocked: list[Mapping[str, str]]
) -> None:
    paths = Paths(endpoints().values())
    with server.client() as client:
        for endpoint in endpoints().values():
            path = endpoint.path.format(**identified(endpoint.path, stocked[-1]))
            assert paths.find(endpoint.method.upper(), path.encode()).endpoint == endpoint
            answer = client.request(endpoint.method, path, json={} if endpoint.body is not None else None)
            told = answer.json()
            assert told["ok"] is (answer.status_code < 400)
            if not is_served(endpoint.key) and endpoint.body is None:
                message = f"{endpoint.method.upper()} {endpoint.path} is not served by the embedded catalog"
                assert (answer.status_code, told["error"], told["message"]) == (501, "not_implemented", message)
    stocked.append(stock(server.catalog))


def named(body: Any) -> Any:
    """The body with the names of what is there, where it has such names."""
    there = {"entityIdentifier": "checkout", "blueprintIdentifier": "service"}
    return {key: there.get(key, value) for key, value in body.items()} if isinstance(body, dict) else body


@pytest.mark.filterwarnings("ignore:Possible nested set:FutureWarning")  # schemathesis's translation of \\p{L}
@pytest.mark.parametrize("key", endpoints())
def test_every_operation_keeps_to_the_document(
    key: str, server: Served, stocked: list[Mapping[str, str]], described: Any
) -> None:
    """Half of the requests name what is there; what they did is undone before the next."""
    endpoint = endpoints()[key]
    operation = described[endpoint.path][endpoint.method.upper()]
    examples = EXAMPLES if is_served(key) else 1

    @settings(max_examples=examples, phases=(Phase.generate,), deadline=None, suppress_health_check=list(HealthCheck))
    @given(operation.as_strategy(), st.booleans())
    def keeps_to_it(case: Any, known: bool) -> None:
        if known:
            case.path_parameters = identified(endpoint.path, stocked[-1]) or None
            case.body = named(case.body)
        answer = case.call(base_url=server.base, headers=server.headers if key != TOKEN else {})
        assert answer.status_code < 500 or (answer.status_code == 501 and not is_served(key)), answer.text
        case.validate_response(
            answer, checks=[status_code_conformance, content_type_conformance, response_schema_conformance]
        )
        if answer.status_code < 400 and endpoint.method != "get":
            stocked.append(stock(server.catalog))

    keeps_to_it()

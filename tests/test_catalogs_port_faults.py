"""Port on its bad days: quiet recovery or one sentence, nothing lost, and nothing written twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from builders import blueprint, state
from console import until
from port_fake import CLIENT, Fault, PortFake, cut, dropped, fake_port, garbage, hung, instead, own_certificate
from portside.catalogs.client.credentials import Credentials
from portside.catalogs.client.session import Session, Timeouts
from portside.catalogs.port import PortCatalog
from portside.errors import CatalogRefused, CatalogUnreachable, PortsideError, StalePlan
from portside.model.resource import Kind, Ref, State
from portside.plans.apply import apply
from portside.plans.plan import Plan, plan

SERVICE = Ref(Kind.BLUEPRINT, "service")
ONE = "/v1/blueprints/service"
BEFORE = blueprint("service", properties={"tier": "string"})
AFTER = blueprint("service", properties={"tier": "string", "url": "string"})
Waited = list[float]


class Watched(PortCatalog):
    """Waits for nothing, and keeps what it would have waited and said."""

    def __init__(self, fake: PortFake, folder: Path, *, patience: float = 120.0, timeout: float = 5.0) -> None:
        self.waited: Waited = []
        self.told: list[str] = []
        session = Session(
            fake.base,
            lambda: Credentials(CLIENT["clientId"], CLIENT["clientSecret"]),
            patience=patience,
            timeouts=Timeouts(timeout, timeout),
            tell=self.told.append,
            wait=self.waited.append,
            chance=lambda: 0.5,
        )
        super().__init__(session, "port", held_at=folder / "lock")


@pytest.fixture
def fake() -> Iterator[PortFake]:
    with fake_port() as found:
        yield found


@pytest.fixture
def catalog(fake: PortFake, tmp_path: Path) -> Iterator[Watched]:
    with Watched(fake, tmp_path, timeout=0.5) as found:
        yield found


def holding(fake: PortFake, *resources: Any) -> None:
    fake.catalog.held = {one.ref: one.body for one in resources}


def planned(catalog: PortCatalog, desired: State) -> Plan:
    return plan(catalog.read(), desired, catalog="port", prune=True, count=catalog.count)


def applied(catalog: PortCatalog, found: Plan) -> None:
    for _ in apply(found, catalog):
        pass


def refusal(catalog: PortCatalog, found: Plan) -> PortsideError:
    with pytest.raises(PortsideError) as error:
        applied(catalog, found)
    return error.value


PASSING = {
    "429 with Retry-After": instead(429, retry_after="7"),
    "429 with the reset as seconds": instead(429, x_ratelimit_reset="7"),
    "429 with the reset as an instant": instead(
        429, x_ratelimit_reset="1700000007", date="Tue, 14 Nov 2023 22:13:20 GMT"
    ),
    "500": instead(500),
    "503": instead(503),
    "dropped": dropped,
    "cut": cut,
    "hung": hung,
}


@pytest.mark.parametrize("sends", PASSING.values(), ids=PASSING.keys())
def test_a_reading_is_repeated(fake: PortFake, catalog: Watched, sends: Any):
    holding(fake, BEFORE)
    fake.faults = [Fault("GET /v1/blueprints", sends), Fault("GET /v1/webhooks", sends)]

    assert catalog.read() == state(BEFORE)


@pytest.mark.parametrize("headers", [{"retry_after": "7"}, {"x_ratelimit_reset": "7"}])
def test_a_limited_rate_is_waited_for_as_long_as_the_server_says_and_told(
    fake: PortFake, catalog: Watched, headers: dict[str, str]
):
    fake.faults = [Fault("GET /v1/blueprints", instead(429, **headers)) for _ in range(2)]

    catalog.read()

    assert catalog.waited[0] == pytest.approx(7.15)
    assert catalog.told[0] == "GET /v1/blueprints: 429; trying again in 7 s"


def test_a_storm_of_limits_ends_with_everything_written_once(fake: PortFake, catalog: Watched):
    desired = state(*(blueprint(f"b{number}") for number in range(12)))
    found = planned(catalog, desired)
    fake.faults = [Fault("", instead(429, retry_after=str(wait))) for wait in (1, 2, 3) for _ in range(20)]

    applied(catalog, found)

    assert (catalog.read(), sorted(fake.acted)) == (desired, sorted(f"create {ref}" for ref in desired))
    assert (fake.faults, len([line for line in fake.log if line.endswith(" 0")])) == ([], 60)


@pytest.mark.parametrize("acts", [False, True], ids=["before acting", "after acting"])
@pytest.mark.parametrize("how", [instead(502), dropped, hung, cut], ids=["502", "dropped", "hung", "cut"])
@pytest.mark.parametrize(
    ("live", "desired", "request_", "wanted"),
    [
        ((), (BEFORE,), "POST /v1/blueprints", ["create blueprint/service"]),
        ((BEFORE,), (AFTER,), f"PUT {ONE}", ["update blueprint/service"]),
        ((BEFORE, blueprint("other")), (blueprint("other"),), f"DELETE {ONE}", ["delete blueprint/service"]),
    ],
    ids=["create", "update", "delete"],
)
def test_a_write_without_an_answer_is_settled_by_reading(
    fake: PortFake, catalog: Watched, live: Any, desired: Any, request_: str, wanted: list[str], how: Any, acts: bool
):
    holding(fake, *live)
    found = planned(catalog, state(*desired))
    fake.faults = [Fault(request_, how, acts)]

    applied(catalog, found)

    assert (catalog.read(), fake.acted) == (state(*desired), wanted)
    assert len(fake.requests(request_)) == (1 if acts else 2)


def test_a_write_whose_fate_nobody_can_tell_is_not_repeated_over_somebody_elses(fake: PortFake, catalog: Watched):
    holding(fake, BEFORE)
    found = planned(catalog, state(AFTER))
    edits: Callable[[Any], None] = lambda held: held.edit(SERVICE, title="Theirs")  # noqa: E731
    fake.faults = [Fault(f"PUT {ONE}", instead(503), edits=edits)]

    error = refusal(catalog, found)

    now = f"and {SERVICE} is now neither as it was nor as it should be; plan again"
    said = f"step 1 of 1, {SERVICE}: PUT {ONE}: 503; {now}"
    assert (type(error), str(error), fake.acted) == (StalePlan, said, [])


def test_a_write_that_comes_through_after_it_was_given_up_is_not_a_conflict(fake: PortFake, catalog: Watched):
    found = planned(catalog, state(BEFORE))
    create = Fault("POST /v1/blueprints", edits=lambda held: held.held.update({SERVICE: BEFORE.body}))
    fake.faults = [Fault("POST /v1/blueprints", dropped), create]

    applied(catalog, found)

    assert fake.requests("POST /v1/blueprints") == ["POST /v1/blueprints 0", "POST /v1/blueprints 409"]
    assert catalog.read() == state(BEFORE)


def test_a_fate_that_cannot_be_read_is_said_to_be_unknown(fake: PortFake, catalog: Watched):
    found = planned(catalog, state(BEFORE))
    no = instead(403, {"error": "forbidden", "message": "go away"})
    fake.faults = [Fault(f"GET {ONE}"), Fault("POST /v1/blueprints", dropped), Fault(f"GET {ONE}", no)]

    error = refusal(catalog, found)

    unread = f"whether it was written cannot be read: GET {ONE} was refused: 403 forbidden: go away"
    assert str(error).startswith(f"step 1 of 1, {SERVICE}: POST /v1/blueprints: the connection broke: ")
    assert str(error).endswith(unread)
    assert not isinstance(error, CatalogRefused)


def test_somebody_who_edits_between_the_plan_and_the_write_keeps_what_they_wrote(fake: PortFake, catalog: Watched):
    holding(fake, BEFORE)
    found = planned(catalog, state(AFTER))
    fake.faults = [Fault(f"GET {ONE}", edits=lambda held: held.edit(SERVICE, title="Theirs"))]

    error = refusal(catalog, found)

    assert (type(error), fake.acted, fake.catalog.held[SERVICE]["title"]) == (StalePlan, [], "Theirs")


def test_a_field_that_the_server_nulls_is_an_error_at_that_step(fake: PortFake, catalog: Watched):
    holding(fake, BEFORE)
    found = planned(catalog, state(AFTER))
    fake.catalog.nulls = ("schema", "properties", "url")

    error = refusal(catalog, found)

    assert str(error).startswith(f"step 1 of 1, {SERVICE}: the catalog answered but schema.properties.url is ")


@pytest.mark.parametrize("answer", [instead(201, {"ok": True}), instead(207, {"ok": True}), garbage])
def test_a_write_that_is_answered_and_not_done_is_an_error_at_that_step(fake: PortFake, catalog: Watched, answer: Any):
    found = planned(catalog, state(BEFORE))
    fake.faults = [Fault("POST /v1/blueprints", answer)]

    error = refusal(catalog, found)

    assert (str(error), fake.acted) == (f"step 1 of 1, {SERVICE}: the catalog answered but holds nothing", [])


def test_a_refusal_says_the_step_the_status_and_the_servers_own_words(fake: PortFake, catalog: Watched):
    found = planned(catalog, state(BEFORE))
    words = {"error": "blueprint_schema_mismatch", "message": "no\x1b[31m\nway"}
    fake.faults = [Fault("POST /v1/blueprints", instead(422, words))]

    error = refusal(catalog, found)

    said = "POST /v1/blueprints was refused: 422 blueprint_schema_mismatch: no [31m way"
    assert str(error) == f"step 1 of 1, {SERVICE}: {said}"
    assert isinstance(error, CatalogRefused)
    assert error.reason == "blueprint_schema_mismatch"


NO_ANSWERS = {
    "garbage": (garbage, "GET /v1/blueprints was answered 200 with something that is not a JSON object"),
    "no envelope": (instead(200, {"ok": True}), "GET /v1/blueprints was answered 200 without 'blueprints'"),
    "no list": (
        instead(200, {"ok": True, "blueprints": {}}),
        "GET /v1/blueprints was answered 200 and its 'blueprints'",
    ),
    "no blueprint": (
        instead(200, {"ok": True, "blueprints": [{"identifier": "a", "relations": [1]}]}),
        "GET /v1/blueprints gives blueprint 'a', which does not have the form of a blueprint",
    ),
    "no identifier": (
        instead(200, {"ok": True, "blueprints": [7]}),
        "GET /v1/blueprints gives a blueprint without an identifier",
    ),
    "a redirect": (
        instead(308, location="https://elsewhere.example/v1/blueprints?key=x"),
        "GET /v1/blueprints points to https://elsewhere.example instead; portside follows no redirects",
    ),
}


@pytest.mark.parametrize(("sends", "said"), NO_ANSWERS.values(), ids=NO_ANSWERS.keys())
def test_what_is_no_answer_of_ports_is_one_sentence(fake: PortFake, catalog: Watched, sends: Any, said: str):
    fake.faults = [Fault("GET /v1/blueprints", sends)]

    with pytest.raises(CatalogUnreachable) as error:
        catalog.read()

    assert str(error.value).startswith(said)


def test_a_404_that_is_not_ports_is_not_taken_for_absence(fake: PortFake, catalog: Watched):
    holding(fake, BEFORE)
    fake.faults = [Fault(f"GET {ONE}", lambda handler, _: handler.send(404, b"<html>nginx</html>"))]

    with pytest.raises(CatalogRefused) as error:
        catalog.reread(SERVICE)

    assert str(error.value) == f"GET {ONE} was refused: 404: <html>nginx</html>"


def test_patience_ends_and_says_so(fake: PortFake, catalog: Watched):
    fake.faults = [Fault("GET /v1/blueprints", instead(429, retry_after="300"))]

    with pytest.raises(CatalogUnreachable) as error:
        catalog.read()

    beyond = "which is beyond the catalog's patience of 120 seconds"
    assert str(error.value) == f"GET /v1/blueprints: 429; the next attempt would be in 300 s, {beyond}"
    assert catalog.waited == []


def test_a_server_that_is_not_there_is_told_with_its_address(tmp_path: Path):
    with fake_port() as gone:
        pass
    with Watched(gone, tmp_path, patience=0.1) as catalog, pytest.raises(CatalogUnreachable) as error:
        catalog.read()

    assert str(error.value).startswith(f"POST /v1/auth/access_token: {gone.base} cannot be reached: ")


def test_a_token_that_ended_early_is_fetched_once_more(fake: PortFake, catalog: Watched):
    catalog.read()
    fake.valid.clear()

    catalog.read()

    assert fake.issued == 2


def test_wrong_credentials_are_said_without_them(fake: PortFake, tmp_path: Path):
    session = Session(fake.base, lambda: Credentials("us", "planted-wrong-secret"))
    with PortCatalog(session, "port", held_at=tmp_path / "lock") as catalog, pytest.raises(CatalogRefused) as error:
        catalog.read()

    said = f"{fake.base} does not take the credentials: 401 invalid_credentials: no client "
    assert str(error.value) == said + "{'clientId': 'us', 'clientSecret': '***'}"
    assert "planted" not in repr(session.__dict__["_tokens"].__dict__)


def test_a_certificate_that_nobody_trusts_is_told_at_once(tmp_path: Path):
    with (
        fake_port(certificate=own_certificate(tmp_path / "own.pem")) as fake,
        Watched(fake, tmp_path) as catalog,
        pytest.raises(CatalogUnreachable) as error,
    ):
        catalog.read()

    assert str(error.value).startswith(f"{fake.base} cannot be reached: [SSL: CERTIFICATE_VERIFY_FAILED] ")
    assert (fake.log, catalog.waited) == ([], [])


def test_a_certificate_that_whoever_runs_portside_trusts_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    own = own_certificate(tmp_path / "own.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(own))
    with fake_port(certificate=own) as fake, Watched(fake, tmp_path) as catalog:
        assert catalog.read() == State()


def test_whoever_waits_gives_up_when_the_catalog_is_closed(fake: PortFake, tmp_path: Path):
    told: list[str] = []
    session = Session(fake.base, lambda: Credentials(CLIENT["clientId"], CLIENT["clientSecret"]), tell=told.append)
    fake.faults = [Fault("POST /v1/auth", instead(429, retry_after="100"))]
    with PortCatalog(session, "port", held_at=tmp_path / "lock") as catalog, ThreadPoolExecutor(1) as pool:
        reading = pool.submit(catalog.read)
        until(lambda: bool(told))
        catalog.close()

        assert str(reading.exception(10)) == "POST /v1/auth/access_token: 429: not tried, for the catalog was closed"

"""The seed as it was written in 2023: taken as it is, and told what is wrong with it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from portside.catalogs.local import LocalCatalog
from portside.cli.gather import gather
from portside.goldens import cases, verdicts
from portside.model.resource import Kind
from portside.model.webhook import Webhook
from portside.plans import apply
from portside.plans.plan import plan
from portside.problems import Severity

SEED = Path(__file__).parent / "examples" / "seed"
PAGE = SEED / "mappings/pagerdutyMapper/cases/incidents.json"

AS_WRITTEN = {
    "catalog/blueprints/microservice.json": "e82719d69a2b09cd9771c60636d430405248abae3505a4d150f511054bf31617",
    "catalog/blueprints/pagerdutyIncident.json": "890a33cfba6e18838320d135d6fb41f9b6440d2e7575f0f1fd8cbeed26863e77",
    "mappings/pagerdutyMapper/webhook.json": "cc0b06123cd59d752b74638a57e4749efc5ebe7e46a533995f7302e91a8c44d4",
}


def test_the_seed_is_as_it_was_written():
    found = {path: hashlib.sha256((SEED / path).read_bytes()).hexdigest() for path in AS_WRITTEN}

    assert found == AS_WRITTEN


def test_what_is_wrong_with_the_seed_is_told_where_it_stands_and_keeps_nobody_from_applying_it():
    told = [
        (problem.severity, problem.code, problem.place.path.removeprefix(f"{SEED}/"), problem.place.line)
        for problem in gather(SEED).problems
    ]

    assert told == [
        (Severity.WARNING, "legacy-template", "catalog/blueprints/microservice.json", 18),
        (Severity.WARNING, "never-filled", "catalog/blueprints/pagerdutyIncident.json", 20),
        (Severity.WARNING, "many-fed-one", "mappings/pagerdutyMapper/webhook.json", 19),
        (Severity.WARNING, "literal-secret", "mappings/pagerdutyMapper/webhook.json", 29),
    ]


def test_how_to_put_it_right_is_told_too():
    hints = {problem.code: problem.hint.splitlines()[-1] for problem in gather(SEED).problems}

    assert (hints["legacy-template"], hints["many-fed-one"]) == (
        "today's form: 'https://api.pagerduty.com/services/' + .identifier",
        "say so: [.item.service.id]",
    )


def test_the_golden_of_the_sample_response_holds():
    gathered = gather(SEED)
    found, problems = cases.discover(SEED)
    webhooks = {resource.ref.identifier: Webhook(resource) for resource in gathered.state.of_kind(Kind.WEBHOOK)}

    (verdict,), lost = verdicts.of(found, webhooks, gathered.blueprints)

    assert (verdict.holds, problems, lost) == (True, (), ())


def test_the_sample_response_becomes_incidents_with_their_services(tmp_path):
    step, _ = cases.at(PAGE)
    names = {"PORTSIDE_SECRET_PAGERDUTYMAPPER": "pagerduty"}

    with LocalCatalog.open(tmp_path / "catalog.db", secrets=names) as catalog:
        list(apply.apply(plan(catalog.read(), gather(SEED).state), catalog))
        catalog.receive("pagerdutyMapper", step.delivery.raw, step.delivery.headers, step.delivery.query)
        incidents = {entity["identifier"]: entity for entity in catalog.entities("pagerdutyIncident")}
        services = {entity["identifier"] for entity in catalog.entities("microservice")}

    told = json.loads(PAGE.read_bytes())["incidents"]
    assert {key: (one["properties"]["status"], one["relations"]["microservice"]) for key, one in incidents.items()} == {
        one["id"]: (one["status"], [one["service"]["id"]]) for one in told
    }
    assert services == {one["service"]["id"] for one in told}

"""Port's API from the command line: the same commands, another catalog; and what a stranger's settings cannot do."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from signal import SIGINT, SIGKILL

import pytest

from console import SERVICE, TEAM, begun, catalog, ended, environment, portside, tree, until, write
from port_fake import CLIENT, Fault, PortFake, fake_port, hung
from portside.model.resource import Kind, Resource

ID, SECRET = CLIENT.values()
MINE = {"PORT_CLIENT_ID": ID, "PORT_CLIENT_SECRET": SECRET}
ON = ("--catalog", "production")


@pytest.fixture
def fake() -> Iterator[PortFake]:
    with fake_port() as found:
        yield found


def root(folder: Path, url: str, **more: object) -> Path:
    return write(folder / "portside.yaml", {"catalogs": {"local": {}, "production": {"url": url, **more}}}).parent


def env(folder: Path, **more: str) -> dict[str, str]:
    return environment(XDG_CACHE_HOME=str(folder / "cache"), **more)


def hold(fake: PortFake, *bodies: dict[str, object]) -> None:
    resources = [Resource.of(Kind.BLUEPRINT, body) for body in bodies]
    fake.catalog.held = {one.ref: one.body for one in resources}


def test_plan_apply_and_pull_work_as_on_an_embedded_catalog(tmp_path: Path, fake: PortFake):
    catalog(root(tmp_path, fake.base))
    mine = env(tmp_path, **MINE)

    plan = portside(tmp_path, "plan", *ON, "--quiet", env=mine)
    requests = list(fake.log)
    apply = portside(tmp_path, "apply", *ON, "--yes", "--quiet", env=mine)
    pull = portside(tmp_path, "pull", *ON, env=mine)

    assert plan == (0, "Plan: 3 to create, 0 to change, 0 to delete.\n", "")
    assert requests == ["POST /v1/auth/access_token 200", "GET /v1/blueprints 200", "GET /v1/webhooks 200"]
    assert apply == (0, "Plan: 3 to create, 0 to change, 0 to delete.\nApplied 3 of 3. The plan is empty.\n", "")
    assert pull == (0, "3 pulled, 0 files written.\n", "")


def test_a_repository_begins_with_what_port_has(tmp_path: Path, fake: PortFake):
    hold(fake, SERVICE, TEAM)
    root(tmp_path, fake.base)

    said = portside(tmp_path, "init", "--from", "production", "--quiet", env=env(tmp_path, **MINE))
    plan = portside(tmp_path, "plan", *ON, env=env(tmp_path, **MINE))

    assert (said.code, plan) == (0, (0, "No changes.\n", ""))


def test_port_s_own_blueprints_are_pulled_when_they_are_named_or_declared(tmp_path: Path, fake: PortFake):
    own = {"identifier": "_rule", "title": "Rule", "schema": {"properties": {"level": {"type": "string"}}}}
    hold(fake, TEAM, own)
    root(tmp_path, fake.base)
    mine = env(tmp_path, **MINE)

    portside(tmp_path, "init", "--from", "production", "--quiet", env=mine)
    elsewhere = portside(tmp_path, "plan", "--catalog", "local", "--quiet", env=mine)
    named = portside(tmp_path, "pull", *ON, "blueprint/_rule", env=mine)
    declared = portside(tmp_path, "pull", *ON, env=mine)

    assert elsewhere == (0, "Plan: 1 to create, 0 to change, 0 to delete.\n", "")
    assert named == (0, "wrote catalog/blueprints/_rule.yaml\n1 pulled, 1 file written.\n", "")
    assert declared == (0, "2 pulled, 0 files written.\n", "")


def test_a_saved_plan_is_refused_when_port_has_changed_since(tmp_path: Path, fake: PortFake):
    hold(fake, SERVICE)
    catalog(root(tmp_path, fake.base), {**SERVICE, "title": "S"}, hook=None)
    mine = env(tmp_path, **MINE)
    portside(tmp_path, "plan", *ON, "--output", "plan.json", env=mine)
    hold(fake, {**SERVICE, "title": "Theirs"})

    said = portside(tmp_path, "apply", "plan.json", env=mine)

    assert (said.code, fake.acted) == (1, [])
    assert 'blueprint/service changed since this plan (title: "Service" → "Theirs"); plan again' in said.err


def test_a_webhooks_secret_is_sent_again_by_a_plan_that_says_so(tmp_path: Path, fake: PortFake):
    security = {"secret": "${HOOK_SECRET}", "signatureHeaderName": "x-s", "signatureAlgorithm": "sha256"}
    catalog(
        root(tmp_path, fake.base), hook={"identifier": "hook", "title": "Hook", "enabled": True, "security": security}
    )
    mine = env(tmp_path, **MINE, HOOK_SECRET="planted-hook-secret")
    portside(tmp_path, "apply", *ON, "--yes", "--quiet", env=mine)

    saved = portside(tmp_path, "plan", *ON, "--resend-secrets", "--output", "plan.json", env=mine)
    apply = portside(tmp_path, "apply", "plan.json", "--quiet", env=mine)

    assert (
        saved.out
        == "~ webhook/hook\n\nwebhook/hook gets its secret again\n\nPlan: 0 to create, 1 to change, 0 to delete.\n"
    )
    assert apply == (0, "Applied 1 of 1. The plan is empty.\n", "")
    assert [body["security"].get("secret") for body in fake.bodies if "security" in body] == ["planted-hook-secret"] * 2
    assert not any(b"planted" in (data or b"") for data in tree(tmp_path).values())


@pytest.mark.parametrize(
    "command", [("entities",), ("deliveries",), ("serve",), ("send", "hook", "body.json", "--store")]
)
def test_what_needs_an_embedded_catalog_says_so(tmp_path: Path, fake: PortFake, command: tuple[str, ...]):
    catalog(root(tmp_path, fake.base))
    write(tmp_path / "body.json", {"id": "x"})

    said = portside(tmp_path, *command, *ON, env=env(tmp_path, **MINE))

    sentence = "catalog 'production' is Port's API, and this needs an embedded one; portside.yaml has 'local'"
    assert (said, fake.log) == ((64, "", f"Error: {sentence}\n"), [])


def test_credentials_that_are_not_set_are_named(tmp_path: Path, fake: PortFake):
    catalog(root(tmp_path, fake.base))

    said = portside(tmp_path, "plan", *ON, env=env(tmp_path, PORT_CLIENT_ID="us"))

    sentence = "the client-secret of catalog 'production' in portside.yaml needs the variable PORT_CLIENT_SECRET"
    assert said == (64, "", f"Error: {sentence}, which is not set\n")


def test_wrong_credentials_are_a_sentence_without_them(tmp_path: Path, fake: PortFake):
    catalog(root(tmp_path, fake.base))

    said = portside(tmp_path, "plan", *ON, env=env(tmp_path, PORT_CLIENT_ID="us", PORT_CLIENT_SECRET="planted"))

    assert said.code == 3
    assert said.err.startswith(f"Error: {fake.base} does not take the credentials: 401 invalid_credentials: ")
    assert "planted" not in said.err


STRANGE = {
    "https://port.io.evil.example": "is at port.io.evil.example, which is not Port's; to send it the credentials: "
    "PORTSIDE_HOSTS=port.io.evil.example",
    "https://evilport.io": "is at evilport.io, which is not Port's; to send it the credentials: "
    "PORTSIDE_HOSTS=evilport.io",
    "http://api.port.io": "should have an address that begins with https://",
    "https://api.port.io@evil.example": "needs an address such as https://api.port.io, and has another text",
    "ftp://api.port.io": "needs an address such as https://api.port.io, and has another text",
    "https://[api.port.io": "needs an address such as https://api.port.io, and has another text",
}


@pytest.mark.parametrize(("url", "said"), STRANGE.items())
def test_the_credentials_go_only_where_whoever_has_them_says(tmp_path: Path, url: str, said: str):
    catalog(root(tmp_path, url))

    found = portside(tmp_path, "plan", *ON, env=env(tmp_path, **MINE))

    assert found == (64, "", f"Error: catalog 'production' in portside.yaml {said}\n")


def test_a_command_is_run_only_where_whoever_runs_portside_says(tmp_path: Path, fake: PortFake):
    write(tmp_path / "give.py", f"open('ran', 'w')\nprint({json.dumps(json.dumps(CLIENT))})\n")
    catalog(root(tmp_path, fake.base, credentials=[sys.executable, "give.py"]))

    refused = portside(tmp_path, "plan", *ON, env=env(tmp_path))
    ran = (tmp_path / "ran").exists()
    allowed = portside(tmp_path, "plan", *ON, "--quiet", env=env(tmp_path, PORTSIDE_CREDENTIALS_COMMAND="allowed"))

    sentence = f"catalog 'production' in portside.yaml runs '{sys.executable}' to get its credentials"
    assert refused == (64, "", f"Error: {sentence}; to go on: PORTSIDE_CREDENTIALS_COMMAND=allowed\n")
    assert (ran, allowed.code, allowed.out) == (False, 0, "Plan: 3 to create, 0 to change, 0 to delete.\n")


@pytest.mark.parametrize("acts", [False, True], ids=["before the server acts", "after the server acts"])
@pytest.mark.parametrize("on", ["GET /v1/blueprints/team", "POST /v1/blueprints", "GET /v1/blueprints/service"])
def test_an_apply_that_is_killed_is_finished_by_planning_again(tmp_path: Path, fake: PortFake, on: str, acts: bool):
    catalog(root(tmp_path, fake.base))
    mine = env(tmp_path, **MINE)
    fake.faults = [Fault(on, hung, acts)]
    with begun(tmp_path, "apply", *ON, "--yes", env=mine) as process:
        until(lambda: f"{on} 0" in fake.log)
        process.send_signal(SIGKILL)
        killed = ended(process)

    again = portside(tmp_path, "apply", *ON, "--yes", "--quiet", env=mine)

    assert killed.code == -SIGKILL
    assert again.code == 0
    assert again.out.endswith("The plan is empty.\n") or again.out == "No changes.\n"
    assert sorted(fake.acted) == ["create blueprint/service", "create blueprint/team", "create webhook/hook"]


def test_ctrl_c_while_port_does_not_answer_is_told_at_once(tmp_path: Path, fake: PortFake):
    catalog(root(tmp_path, fake.base), TEAM, hook=None)
    fake.faults = [Fault("POST /v1/blueprints", hung)]
    with begun(tmp_path, "apply", *ON, "--yes", "--quiet", env=env(tmp_path, **MINE)) as process:
        until(lambda: "POST /v1/blueprints 0" in fake.log)
        process.send_signal(SIGINT)
        said = ended(process)

    sentence = "interrupted: 1 unknown; plan again to see what is left, 'portside runs show' tells more"
    assert (said.code, said.err, fake.closing.is_set()) == (130, f"Error: {sentence}\n", False)

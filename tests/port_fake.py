"""A strict server that speaks Port's API on loopback, and does on demand what servers and networks do on bad days.

What it holds, and what it refuses of it, is a FakeCatalog's; here are addresses, tokens, envelopes and faults.
"""

from __future__ import annotations

import datetime
import ipaddress
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from catalog_fake import FakeCatalog
from portside.errors import CatalogRefused
from portside.model.resource import Body, Kind, Ref, Resource
from portside.plans.plan import Action, Step

SERVER_SET = {"createdAt", "createdBy", "updatedAt", "updatedBy", "id", "webhookKey", "url"}
WEBHOOK = {"identifier", "title", "description", "icon", "enabled", "mappings", "security", "integrationType"}
CODES = {"not_found": 404, "conflict": 409, "has_dependents": 409}
DATED = {"createdAt": "2024-01-01T00:00:00.000Z", "createdBy": "fake"}
CLIENT = {"clientId": "us", "clientSecret": "planted-client-secret"}


@dataclass
class Fault:
    """What happens to the next request that begins like this: `PUT /v1/blueprints`.

    `acts`: the catalog is changed all the same. `sends` gets the connection instead of an answer.
    """

    on: str
    sends: Callable[[Handler, bytes], None] | None = None
    acts: bool = False
    edits: Callable[[FakeCatalog], None] = lambda _: None


@dataclass
class PortFake:
    """`log` has every request and the status it was answered with, 0 for none; `acted` the writes that were done."""

    catalog: FakeCatalog = field(default_factory=FakeCatalog)
    base: str = ""
    faults: list[Fault] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)
    acted: list[str] = field(default_factory=list)
    bodies: list[Body] = field(default_factory=list)
    entities: dict[str, list[Body]] = field(default_factory=dict)
    refuses: frozenset[str] = frozenset()
    gives: Callable[[], Body] = dict
    valid: set[str] = field(default_factory=set)
    issued: int = 0
    expires_in: Any = 10800
    migrations: list[str] = field(default_factory=lambda: ["RUNNING", "COMPLETED"])
    writes: int = 0
    stamps: dict[Ref, int] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    closing: threading.Event = field(default_factory=threading.Event)

    def requests(self, *beginnings: str) -> list[str]:
        return [line for line in self.log if line.startswith(beginnings)]

    def fault(self, what: str) -> Fault | None:
        found = next((one for one in self.faults if what.startswith(one.on)), None)
        if found:
            self.faults.remove(found)
        return found

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Body]:
        """Status and body of an authorized request, after doing what it asks for."""
        parts = [unquote(part) for part in path.split("/")[2:]]
        kind = {"blueprints": Kind.BLUEPRINT, "webhooks": Kind.WEBHOOK}.get(parts[0])
        try:
            match method, kind, parts[1:]:
                case "GET", Kind(), []:
                    key = {Kind.BLUEPRINT: "blueprints", Kind.WEBHOOK: "integrations"}[kind]
                    return 200, {key: [self.served(ref) for ref in self.catalog.held if ref.kind is kind]}
                case "GET", Kind(), [identifier]:
                    return self.one(Ref(kind, identifier))
                case "POST", Kind(), []:
                    return self.write(Step(Action.CREATE, Ref(kind, body["identifier"]), self.checked(kind, body)), 201)
                case (("PUT" | "PATCH"), Kind(), [identifier]):
                    return self.write(Step(Action.UPDATE, Ref(kind, identifier), self.checked(kind, body)), 200)
                case "DELETE", Kind(), [identifier]:
                    return self.delete(Ref(kind, identifier))
                case _:
                    return self.rest(method, parts, body)
        except CatalogRefused as error:
            return CODES.get(error.reason, 422), {"error": error.reason, "message": str(error)}

    def rest(self, method: str, parts: list[str], body: Any) -> tuple[int, Body]:
        match method, parts:
            case "GET", ["blueprints", identifier, "entities-count"]:
                return 200, {"count": len(self.entities.get(identifier, []))}
            case "POST", ["blueprints", identifier, "entities", "search"]:
                return 200, self.search(self.entities.get(identifier, []), body)
            case "DELETE", ["blueprints", identifier, "all-entities"]:
                self.entities.pop(identifier, None)
                self.delete(Ref(Kind.BLUEPRINT, identifier))
                return 200, {"migrationId": "m1"}
            case "GET", ["migrations", "m1"]:
                status = self.migrations.pop(0)
                return 200, {"migration": {"id": "m1", "status": status, "successCount": 0, "failureCount": 0}}
        return 404, {"error": "not_found", "message": f"Route {method} {'/'.join(parts)} not found"}

    @staticmethod
    def search(entities: list[Body], body: Body) -> Body:
        (rule,) = body["query"]["rules"]
        part, key = ("relations", rule["relation"]) if "relation" in rule else ("properties", rule["property"])
        assert rule["operator"] == "isNotEmpty"
        start = int(body.get("from", 0))
        found = [one for one in entities if one.get(part, {}).get(key) is not None]
        page = found[start : start + body["limit"]]
        more = {"next": str(start + body["limit"])} if found[start + body["limit"] :] else {}
        return {"entities": page, **more}

    def one(self, ref: Ref) -> tuple[int, Body]:
        if ref not in self.catalog.held:
            return 404, {"error": "not_found", "message": f"{ref} was not found"}
        key = {Kind.BLUEPRINT: "blueprint", Kind.WEBHOOK: "integration"}[ref.kind]
        return 200, {key: self.served(ref)}

    def served(self, ref: Ref) -> Body:
        """Spelled out with nulls, dated, and without the secret."""
        body = dict(self.catalog.reread(ref).body)
        if ref.kind is Kind.WEBHOOK:
            body.update(url="https://ingest.port.io/x", webhookKey="x")
            body["security"] = {key: value for key, value in body["security"].items() if key != "secret"}
        stamp = f"2024-01-01T00:00:{self.stamps.get(ref, 0):02}.000Z"
        return {**body, **DATED, "updatedAt": stamp, "icon": body.get("icon"), **self.gives()}

    def checked(self, kind: Kind, body: Body) -> Body:
        closed = body.keys() - WEBHOOK if kind is Kind.WEBHOOK else set()
        for key in sorted({*closed, *(body.keys() & (SERVER_SET | self.refuses))}):
            reason = f"body must NOT have additional properties: '{key}'"
            raise CatalogRefused(reason, reason="invalid_request")
        for key, value in body.items():
            if value is None:
                raise CatalogRefused(f"body/{key} must not be null", reason="invalid_request")
        return Resource.of(kind, body).body

    def write(self, step: Step, status: int) -> tuple[int, Body]:
        self.catalog.perform(step)
        self.writes += 1
        self.stamps[step.ref] = self.writes
        self.acted.append(f"{step.action} {step.ref}")
        self.bodies.append(step.body or {})
        return status, {"blueprint": {}}

    def delete(self, ref: Ref) -> tuple[int, Body]:
        if self.entities.get(ref.identifier):
            raise CatalogRefused(f"{ref} has entities", reason="has_dependents")
        return self.write(Step(Action.DELETE, ref), 200)


class Handler(BaseHTTPRequestHandler):
    """One connection; its server is a `_Server`."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def handle_any(self) -> None:
        fake, (path, query) = self.server.fake, (urlsplit(self.path).path, urlsplit(self.path).query)
        raw = self.rfile.read(int(self.headers.get("content-length", 0)))
        what = f"{self.command} {path}"
        with fake.lock:
            fault = fake.fault(what)
            if fault:
                fault.edits(fake.catalog)
            acts = fault is None or fault.sends is None or fault.acts
            status, body = self._answered(path, query, json.loads(raw) if raw else None) if acts else (0, {})
            fake.log.append(f"{what} {status if fault is None or fault.sends is None else 0}")
            fake.queries.append(query)
        data = json.dumps({"ok": status < 300, **body}).encode()
        if fault and fault.sends:
            fault.sends(self, data)
        else:
            self.send(status, data)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815 - http.server's names

    def _answered(self, path: str, query: str, body: Any) -> tuple[int, Body]:
        fake = self.server.fake
        if path == "/v1/auth/access_token":
            if body != CLIENT:
                return 401, {"error": "invalid_credentials", "message": f"no client {body}"}
            fake.issued += 1
            token = f"token-{fake.issued}"
            fake.valid.add(token)
            return 200, {"accessToken": token, "expiresIn": fake.expires_in, "tokenType": "Bearer"}
        if self.headers.get("authorization", "").removeprefix("Bearer ") not in fake.valid:
            return 401, {"error": "invalid_token", "message": "the token has expired"}
        if self.command == "POST" and path == "/v1/blueprints":
            assert parse_qs(query) == {"create_catalog_page": ["false"]}, query
        return fake.answer(self.command, path, body)

    def send(self, status: int, data: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Nothing: the fake keeps its own log."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    fake: PortFake

    def handle_error(self, *_: object) -> None:
        """A client that went away is none of ours."""


def instead(status: int, body: Body | None = None, **headers: str) -> Callable[[Handler, bytes], None]:
    """Another answer than the true one; `retry_after="0"` is a header."""
    data = json.dumps({"ok": False, **(body or {})}).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler, _: handler.send(status, data, named)


def garbage(handler: Handler, _: bytes) -> None:
    handler.send(200, b"<html>Sign in to the hotel's network</html>")


def dropped(handler: Handler, _: bytes) -> None:
    handler.close_connection = True


def cut(handler: Handler, data: bytes) -> None:
    """Half of the answer, and then nothing."""
    handler.send(200, data[: len(data) // 2], {"Content-Length": str(len(data))})
    handler.close_connection = True


def hung(handler: Handler, _: bytes) -> None:
    handler.server.fake.closing.wait(60)
    handler.close_connection = True


@contextmanager
def fake_port(fake: PortFake | None = None, certificate: Path | None = None) -> Iterator[PortFake]:
    """The fake on a free port, in a thread; over TLS with the certificate and key in a file."""
    found = fake or PortFake()
    server = _Server(("127.0.0.1", 0), Handler)
    server.fake = found
    found.base = f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_address[1]}"
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), name="port-fake")
    thread.start()
    try:
        yield found
    finally:
        found.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


def own_certificate(path: Path) -> Path:
    """A certificate for 127.0.0.1 that nobody has signed, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now, day = datetime.datetime.now(datetime.UTC), datetime.timedelta(days=1)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - day).not_valid_after(now + day)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = made.add_extension(x509.SubjectAlternativeName([address]), critical=False)
    pem, pkcs8, plain = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(key.private_bytes(pem, pkcs8, plain) + made.sign(key, hashes.SHA256()).public_bytes(pem))
    return path

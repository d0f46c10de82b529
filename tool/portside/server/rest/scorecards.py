"""Port's operations on scorecards.

The rule: a scorecard is given with its blueprint and its dates; its levels are told with the entities.
"""

from __future__ import annotations

from portside.catalogs import resources, scorecards
from portside.server.calls import Answer, Call, Operations


def every(call: Call) -> Answer:
    with call.catalog.reading() as look:
        return Answer({"scorecards": scorecards.every(look.connection)})


def listed(call: Call) -> Answer:
    with call.catalog.reading() as look:
        resources.known(look.blueprints, _blueprint(call))
        return Answer({"scorecards": scorecards.listed(look.connection, _blueprint(call))})


def shown(call: Call) -> Answer:
    with call.catalog.reading() as look:
        resources.known(look.blueprints, _blueprint(call))
        return Answer({"scorecard": scorecards.one(look.connection, _blueprint(call), _identifier(call))})


def created(call: Call) -> Answer:
    with call.catalog.writing(call.by) as within:
        found = scorecards.create(within, _blueprint(call), call.body)
    return Answer({"scorecard": found}, 201)


def replaced(call: Call) -> Answer:
    with call.catalog.writing(call.by) as within:
        found = scorecards.replace(within, _blueprint(call), _identifier(call), call.body)
    return Answer({"scorecard": found})


def replaced_all(call: Call) -> Answer:
    with call.catalog.writing(call.by) as within:
        found = scorecards.replace_all(within, _blueprint(call), call.body)
    return Answer({"scorecards": found})


def deleted(call: Call) -> Answer:
    with call.catalog.writing(call.by) as within:
        resources.known(within.blueprints, _blueprint(call))
        scorecards.remove(within, _blueprint(call), _identifier(call))
    return Answer()


def _blueprint(call: Call) -> str:
    return call.path["blueprint_identifier"]


def _identifier(call: Call) -> str:
    return call.path["scorecard_identifier"]


_ALL = "/v1/blueprints/{blueprint_identifier}/scorecards"
_ONE = f"{_ALL}/{{scorecard_identifier}}"
OPERATIONS: Operations = {
    "get /v1/scorecards": every,
    f"get {_ALL}": listed,
    f"post {_ALL}": created,
    f"put {_ALL}": replaced_all,
    f"get {_ONE}": shown,
    f"put {_ONE}": replaced,
    f"delete {_ONE}": deleted,
}

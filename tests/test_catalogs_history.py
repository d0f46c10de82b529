"""What properties were, interval by interval."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from catalog_contract import blueprint, filled
from portside.catalogs.entity import Key
from portside.catalogs.history import history
from portside.catalogs.local import LocalCatalog
from portside.errors import CatalogRefused
from portside.model.entity import Upsert

KEY = Key("service", "s")


@pytest.fixture
def asked(embedded: Callable[..., LocalCatalog]) -> Any:
    """An entity of 5 January that is worth 1, 2 from the 7th on, and nothing from the 9th on; now it is the 10th."""
    now = "2026-01-05T12:00:00.000Z"
    with embedded(now=lambda: now) as catalog:
        filled(catalog, blueprint("service", properties={"size": {"type": "number"}, "name": {"type": "string"}}))
        for moment, fields in (
            ("2026-01-05T12:00:00.000Z", {"size": 1, "name": "a"}),
            ("2026-01-07T23:30:00.000Z", {"size": 2}),
            ("2026-01-09T12:00:00.000Z", {"size": None}),
        ):
            now = moment
            catalog.upsert(Upsert("service", "s", {"properties": fields}))
        now = "2026-01-10T12:00:00.000Z"

        def ask(*names: str, key: Key = KEY, interval: str = "day", preset: str = "lastWeek", zone: str = "UTC") -> Any:
            with catalog.reading() as reading:
                return history(reading, key, names, interval, preset, zone)

        yield ask


def values(found: Any, name: str = "size") -> list[Any]:
    return [point["value"] for point in found["properties"][name]]


def test_a_value_holds_from_one_event_to_the_next(asked: Any) -> None:
    found = asked("size", "name")

    assert (values(found), values(found, "name"), found["data"]) == (
        [1, 1, 2, 2, None, None], ["a"] * 6, [1, 1, 2, 2],
    )  # fmt: skip


def test_a_range_is_told_in_milliseconds(asked: Any) -> None:
    found = asked("size")

    assert (found["minDate"], found["maxDate"], found["properties"]["size"][-1]["date"]) == (
        1767441600000, 1768046400000, 1768046400000,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("interval", "preset", "zone", "told"),
    [
        ("day", "lastWeek", "Europe/Berlin", [1, 1, 1, 2, None, None]),
        ("isoWeek", "lastMonth", "UTC", [None]),
        ("month", "last3Months", "UTC", [None]),
        ("quarter", "last3Years", "UTC", [None]),
        ("day", "yesterday", "UTC", [None]),
    ],
)
def test_an_interval_ends_by_the_calendar_of_its_zone(
    asked: Any, interval: str, preset: str, zone: str, told: list[Any]
) -> None:
    assert values(asked("size", interval=interval, preset=preset, zone=zone)) == told


def test_an_hour_is_an_hour(asked: Any) -> None:
    assert len(values(asked("size", interval="hour", preset="lastDay"))) == 24


def test_what_is_not_there_has_no_history(asked: Any) -> None:
    with pytest.raises(CatalogRefused, match="entity service/t is not there"):
        asked("size", key=Key("service", "t"))


def test_a_zone_that_is_not_known_is_refused(asked: Any) -> None:
    with pytest.raises(CatalogRefused, match="time zone 'Mars/Olympus' is not known on this machine"):
        asked("size", zone="Mars/Olympus")

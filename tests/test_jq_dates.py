"""jq's dates in Python: what libjq gives with the GNU C library, word for word, or nothing."""

from __future__ import annotations

import json
from collections.abc import Callable

import jq
import pytest

from portside.jq.values.dates import FUNCTIONS, fromdate, gmtime, mktime, strftime, strptime, todate
from portside.jq.values.texts import Failed, Unsure
from portside.model.resource import JSON

PROGRAMS = {
    "strptime/1": jq.compile(". as [$v, $form] | try [$v | strptime($form)] catch {error: .}"),
    "strftime/1": jq.compile(". as [$v, $form] | try [$v | strftime($form)] catch {error: .}"),
    **{
        name: jq.compile(f". as [$v] | try [$v | {name[:-2]}] catch {{error: .}}")
        for name in FUNCTIONS
        if name.endswith("/0")
    },
}


def in_libjq(name: str, *values: JSON) -> str:
    return json.dumps(PROGRAMS[name].input_text(json.dumps(values)).first())


def here(name: str, *values: JSON) -> str:
    """Raises Unsure."""
    try:
        return json.dumps([FUNCTIONS[name](*values)])
    except Failed as failed:
        return json.dumps({"error": failed.value})


FORMS = (
    "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d", "%H:%M:%S", "%d/%m/%Y", "%Y-%m-%dT%H:%M:%S%z", "%a, %d %b %Y %H:%M:%S GMT",
    "%FT%TZ", "%A, %B %e, %Y", "%I:%M %p", "%l %p", "%Y%m%d%H%M%S", "%D %R", "%y", "%b", "%h%n%t%%", "%k.%M", "%m",
    "%H %I %p", "", "100%%", "{%Y}",
)  # fmt: skip
TEXTS = (
    "2024-01-05T10:20:30Z", "2024-1-5T1:2:3Z", "2024-02-30T23:59:61Z", "2024-13-01T00:00:00Z", "2024-01-05T24:00:00Z",
    "2024-01-05T10:20:30.123Z", "2024-01-05T10:20:30+0100", "2024-01-05T10:20:30-05:30", "2024-01-05T10:20:30+0160",
    "2024-01-05T10:20:30+01", " 2024- 1- 5T 1: 2: 3Z  rest", "2024-01-05T10:20:30Zrest", "2024-01-05", "20240105102030",
    "10:20:30", "05/01/2024", "Fri, 05 jan 2024 10:20:30 GMT", "friday, JANUARY  5, 2024", "12:30 am", "12:30 PM",
    "1 PM", "69", "68", "may", "Sept", "jan \t%", "3 4 pm", "45", "", " ", "100%", "{1999}", "1/2/24 3:04", "7.08",
    "x" * 300,
)  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_a_text_is_read_as_libjq_reads_it(form: str):
    assert [here("strptime/1", text, form) for text in TEXTS] == [in_libjq("strptime/1", text, form) for text in TEXTS]


SECONDS = (
    0, -1, 1, 951_782_399, 951_782_400, 951_868_800, 1_700_000_000, 1_709_251_199, 4_107_542_400, -2_203_891_200, 1.5,
    -1.5, 1_700_000_000.999, 1e9, 250_000_000_000, -30_000_000_000, 43_200, 46_800, 86_399,
)  # fmt: skip
PARTS: tuple[JSON, ...] = (
    [2024, 1, 29, 23, 59, 60.9, 0, 0], [2024, 14, -5, 30, -61, 3], [2024, -1, 0], [2024],
    [1999.9, 11, 31, 23, 59, 59.999], [2000, 11, 31, 0, 0, 0, 9, 999, "more"], [2023, 0, 1, 100_000, 0, 0],
)  # fmt: skip
DIRECTIVES = (*FORMS, "%j %u %w %p %I", "%A %a %B %b %y %e", "%z")


@pytest.mark.parametrize("form", DIRECTIVES)
def test_a_time_is_written_as_libjq_writes_it(form: str):
    values = (*SECONDS, *PARTS)

    assert [here("strftime/1", value, form) for value in values] == [
        in_libjq("strftime/1", value, form) for value in values
    ]


@pytest.mark.parametrize(
    "name", ["mktime/0", "gmtime/0", "todate/0", "fromdate/0", "todateiso8601/0", "fromdateiso8601/0"]
)
def test_so_do_the_others(name: str):
    values = (*SECONDS, *PARTS, *TEXTS, [], [1969], [1969, 11, 31, 23, 59, 59], [1969, 11, 31, 23, 59, 58])

    assert [here(name, value) for value in values] == [in_libjq(name, value) for value in values]


@pytest.mark.parametrize("value", [None, True, "x", ["x"], [2024, None], [2024, 0, 1, True], {}, {"a": 1}])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_is_no_date_fails_as_in_libjq(name: str, value: JSON):
    forms: list[JSON] = ["%Y", None, 5] if name.endswith("1") else []

    for given in [[value, form] for form in forms] or [[value]]:
        assert here(name, *given) == in_libjq(name, *given)


def test_the_form_is_a_text():
    assert here("strftime/1", 0, 5) == in_libjq("strftime/1", 0, 5)


def test_what_is_longer_than_libjq_makes_room_for_fails():
    form = "%A%B" * 20

    assert here("strftime/1", 21_600_000, form) == in_libjq("strftime/1", 21_600_000, form)


@pytest.mark.parametrize("form", ["%s", "%Z", "%j", "%C", "%U", "%c", "%-d", "%Ey", "%", "%é", "é", "a\0"])
def test_what_c_libraries_read_in_their_own_ways_is_left_to_libjq(form: str):
    with pytest.raises(Unsure):
        strptime("1", form)


@pytest.mark.parametrize(
    ("call", "value"),
    [
        (fromdate, "2024-01-05T10:20:30Zé"),
        (fromdate, "2024\0"),
        (fromdate, "0000-01-01T00:00:00Z"),
        (lambda v: strptime(v, "%z"), "+1500"),
        (lambda v: strftime(v, "%s"), 0),
        (lambda v: strftime(v, "%Z"), 0),
        (todate, 253_402_300_800),
        (todate, -40_000_000_000),
        (gmtime, 1e20),
        (gmtime, float("nan")),
        (mktime, [2024, 10_000_000]),
    ],
)
def test_so_is_what_is_far_away_or_strange(call: Callable[[JSON], JSON], value: JSON):
    with pytest.raises(Unsure):
        call(value)

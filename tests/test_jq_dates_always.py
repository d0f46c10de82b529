"""Properties: whatever the time and the form, a date is what it is in libjq."""

from __future__ import annotations

import os
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from portside.jq.values.dates import strftime
from portside.jq.values.texts import Unsure
from test_jq_dates import FORMS, here, in_libjq

EXAMPLES = int(os.environ.get("PORTSIDE_EXAMPLES", "300"))
"""More with PORTSIDE_EXAMPLES=20000; the default keeps the module to a few seconds."""

STEPS = st.sampled_from([*(f"%{letter}" for letter in "YmdeHIMSpyAaBbTFDRklz%"), "-", "/", ":", " ", "T", "x"])
FORM = st.sampled_from(FORMS) | st.lists(STEPS, max_size=6).map("".join)
SECONDS = st.integers(-30_000_000_000, 250_000_000_000) | st.floats(-1e9, 4e9)
PART = st.integers(-70, 70) | st.floats(-70, 70)
PARTS = st.tuples(st.integers(1001, 9000), PART, PART, PART, PART, PART, st.integers(0, 6), st.integers(0, 365)).map(
    list
)


@given(SECONDS | PARTS, FORM)
@settings(max_examples=EXAMPLES)
def test_a_time_is_written_as_libjq_writes_it_always(value: int | float | list[float], form: str):
    with suppress(Unsure):
        assert here("strftime/1", value, form) == in_libjq("strftime/1", value, form)
    with suppress(Unsure):
        assert here("mktime/0", value) == in_libjq("mktime/0", value)
    with suppress(Unsure):
        assert here("gmtime/0", value) == in_libjq("gmtime/0", value)


@given(FORM, st.integers(-30_000_000_000, 250_000_000_000), st.data())
@settings(max_examples=EXAMPLES)
def test_a_text_that_is_nearly_a_date_is_read_as_libjq_reads_it_always(form: str, seconds: int, data: st.DataObject):
    try:
        text = strftime(seconds, form)
    except Unsure:
        text = "2024-01-05T10:20:30Z"
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(start + 2, len(text))))
    nearly = text[:start] + data.draw(st.text(st.sampled_from("0159 :-+TZapm\t"), max_size=2)) + text[end:]

    with suppress(Unsure):
        assert here("strptime/1", nearly, form) == in_libjq("strptime/1", nearly, form)

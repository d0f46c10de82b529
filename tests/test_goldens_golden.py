"""What one delivery did, as a golden and as its text."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from portside.goldens import golden
from portside.model.entity import MappingOutcome, Outcome, Remove, Swallowed, Upsert, Verdict

FIELDS = {
    "properties": {"url": "https://acme.example.com", "number": 7.0, "closed": None},
    "title": "検索の遅延 🔥",
    "relations": {"service": "PYZE8K6"},
}
ROUTE = ("mappings", 1, "entity", "properties", "priority")


def mapped(*changes, swallowed=()):
    return Outcome((MappingOutcome(0, "incident", Verdict.MAPPED, 1, 1),), changes, swallowed)


def test_a_golden_says_what_each_mapping_made_of_a_delivery_and_what_came_of_it():
    outcome = Outcome(
        (
            MappingOutcome(0, "service", Verdict.FILTERED),
            MappingOutcome(1, "incident", Verdict.MAPPED, 3, 2),
            MappingOutcome(2, "service", Verdict.MAPPED, 1, 1),
        ),
        (Upsert("incident", "Q1", FIELDS), Remove("service", "P1", dependents=False)),
    )

    assert golden.of(outcome) == {
        "mappings": [{"service": "filtered"}, {"incident": "mapped 2 of 3 items"}, {"service": "mapped"}],
        "changes": [
            {
                "upsert": "incident/Q1",
                "title": "検索の遅延 🔥",
                "properties": {"closed": None, "number": 7, "url": "https://acme.example.com"},
                "relations": {"service": "PYZE8K6"},
            },
            {"remove": "service/P1", "dependents": False},
        ],
    }


def test_a_delivery_that_changes_nothing_is_said_to_be_dropped():
    outcome = Outcome((MappingOutcome(0, "incident", Verdict.FILTERED),))

    assert golden.of(outcome) == {
        "dropped": "every mapping filters it out",
        "mappings": [{"incident": "filtered"}],
    }


def test_a_delivery_that_gives_no_entity_for_another_reason_is_dropped_too():
    outcome = Outcome((MappingOutcome(0, "incident", Verdict.SKIPPED, because="the identifier is null"),))

    assert golden.of(outcome)["dropped"] == "no mapping makes an entity of it"


def test_what_port_swallows_is_told_by_place_and_class_and_not_by_the_words_of_an_engine():
    swallowed = (
        Swallowed(ROUTE, "jq-failed", "jq 1.8.2: cannot index", item=4),
        Swallowed(ROUTE, "jq-failed", "jq 1.8.2: cannot iterate", item=0),
        Swallowed(("mappings", 0, "filter"), "filter-not-boolean", "gave 1"),
    )

    assert golden.of(mapped(Upsert("incident", "Q1"), swallowed=swallowed))["swallowed"] == [
        {"at": "mappings[0].filter", "code": "filter-not-boolean"},
        {"at": "mappings[1].entity.properties.priority", "code": "jq-failed", "items": [0, 4]},
    ]


def test_the_text_is_one_value_a_line_and_quotes_what_a_reader_of_yaml_would_take_for_something_else():
    fields = {
        "title": "it's long 🔥 " + "long " * 40 + "indeed",
        "properties": {"at": "2026-03-02T09:14:07Z", "code": "1e3", "no": None, "on": "yes", "two": "a\nb", "who": []},
    }

    assert golden.write(golden.of(mapped(Upsert("incident", "Q1", fields)))) == (
        "mappings:\n"
        "  - incident: mapped\n"
        "changes:\n"
        "  - upsert: incident/Q1\n"
        "    title: it's long 🔥 " + "long " * 40 + "indeed\n"
        "    properties:\n"
        "      at: '2026-03-02T09:14:07Z'\n"
        "      code: '1e3'\n"
        "      'no': null\n"
        "      'on': 'yes'\n"
        "      two: |-\n"
        "        a\n"
        "        b\n"
        "      who: []\n"
    )


def test_an_entity_that_is_searched_for_is_told_by_its_search():
    search = {"rules": [{"value": "v1", "property": "version", "operator": "="}], "combinator": "and"}

    assert golden.of(mapped(Upsert("incident", search, {"title": "Slow"})))["changes"] == [
        {"upsert": "incident", "search": search, "title": "Slow"}
    ]


def test_a_page_with_nothing_on_it_is_said_to_have_no_items():
    outcome = Outcome((MappingOutcome(0, "incident", Verdict.SKIPPED, items=0, because="gives no items"),))

    assert golden.of(outcome)["mappings"] == [{"incident": "no items"}]


def test_half_a_surrogate_pair_becomes_what_libjq_makes_of_it():
    outcome = mapped(Upsert("incident", "Q1", {"title": "half \ud83d"}))

    assert golden.of(outcome)["changes"][0]["title"] == "half \N{REPLACEMENT CHARACTER}"


NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text() | st.from_regex(r"[a-z#:. \-'\"]{1,9}", fullmatch=True),
    lambda members: st.lists(members, max_size=3) | st.dictionaries(st.text(max_size=12), members, max_size=3),
    max_leaves=8,
)


@settings(deadline=None, max_examples=150)
@given(st.text(), JSON)
def test_a_golden_reads_back_as_what_was_written(title, value):
    said = golden.of(mapped(Upsert("incident", "Q1", {"title": title, "properties": {"value": value}})))

    assert golden.read(golden.write(said), "x.golden.yaml") == (said, ())


@settings(deadline=None, max_examples=50)
@given(st.permutations(list(FIELDS["properties"].items())))
def test_equal_values_have_equal_texts_in_whatever_order_they_came(properties):
    shuffled = mapped(Upsert("incident", "Q1", {**FIELDS, "properties": dict(properties)}))

    assert golden.write(golden.of(shuffled)) == golden.write(golden.of(mapped(Upsert("incident", "Q1", FIELDS))))


def test_a_text_that_is_no_golden_gives_none():
    assert golden.read("verdict: fine\n", "x.golden.yaml") == (None, ())

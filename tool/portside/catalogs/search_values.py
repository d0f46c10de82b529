"""Tests on values as conditions on the rows that hold them: of property_values, and of the entities' own columns.

The rule: a condition passes every row whose value passes its test; one that is not `exact` passes others too.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, and_, exists, false, func, or_, select, true

from portside.catalogs import rules, tables
from portside.catalogs.presets import Moment, Span, written
from portside.catalogs.rules import Rule
from portside.catalogs.tables import HEAD
from portside.model.resource import JSON

EXACT = float(2**53)
"""Up to here every whole number is a float of its own."""

_LAST = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)


class Condition(NamedTuple):
    """`leads`: an index finds the rows, so a search may begin with them; else `because` says why not."""

    sql: ColumnElement[bool]
    exact: bool = True
    leads: bool = True
    because: str = ""


NEVER = Condition(false())
_INSIDE = "an index of texts knows how they begin, not what is in them"


def of_row(row: FromClause, rule: Rule, *, array: bool) -> Condition:
    """The test of a rule on a row of property_values; `array`: the property's values are lists.

    For a test that asks for several members of a list see members.
    """
    wanted = rule.value
    match rule.test:
        case "present":
            return Condition(true())
        case "any":
            return _equals(row, rules.listed(wanted))
        case "equal" if isinstance(wanted, list | dict):
            return _unlike("compares lists")
        case "in" if any(isinstance(one, list | dict) for one in rules.listed(wanted)):
            return _unlike("compares lists")
        case "equal" | "in":
            return _alone(row, _equals(row, rules.listed(wanted)))
        case "contains" if wanted == []:  # every list has all of none; an object looks like one
            return Condition(row.c.type == "x", exact=array, because="lists and objects look alike")
        case "contains" if isinstance(wanted, str) and not array:
            return _contained(row, wanted)
        case "contains" | "containsAny":
            return _member(row, _equals(row, rules.listed(wanted)))
        case _:
            return _alone(row, _scalar(row.c, rule))


def members(rule: Rule) -> list[JSON] | None:
    """What a list must have all of; None for a test that asks for one thing."""
    return rule.value if rule.test == "contains" and isinstance(rule.value, list) else None


def _unlike(what: str) -> Condition:
    return Condition(true(), exact=False, leads=False, because=f"it {what}, which no index can")


def _alone(row: FromClause, found: Condition) -> Condition:
    """The value itself, and not a member of a list."""
    return found._replace(sql=and_(found.sql, ~_in_list(row)))


def _member(row: FromClause, found: Condition) -> Condition:
    return found._replace(sql=and_(found.sql, _in_list(row)))


def _in_list(row: FromClause) -> ColumnElement[bool]:
    """Whether a row is of a member of a list: then the list has a row too."""
    there = tables.property_values.alias()
    return exists(
        select(there.c.identifier).where(
            there.c.blueprint == row.c.blueprint,
            there.c.property == row.c.property,
            there.c.identifier == row.c.identifier,
            there.c.head.is_(None),
            there.c.type == "x",
        )
    )


def _contained(row: FromClause, wanted: str) -> Condition:
    """A text with the other in it, or a list that has it."""
    inside = and_(row.c.type == "s", has(_text(row.c), wanted), ~_in_list(row))
    return Condition(or_(_equal_texts(row.c, [wanted]), inside), leads=False, because=_INSIDE)


def _equals(row: FromClause, wanted: list[JSON]) -> Condition:
    """A scalar that is one of these."""
    if any(one is None or isinstance(one, list | dict) for one in wanted):
        return _unlike("compares lists or nulls")
    texts = [one for one in wanted if isinstance(one, str)]
    numbers = [one for one in wanted if rules.number(one)]
    flags = ["true" if one else "false" for one in wanted if isinstance(one, bool)]
    parts = [
        *([_equal_texts(row.c, texts)] if texts else []),
        *([and_(row.c.type == "n", row.c.number.in_([_float(one) for one in numbers]))] if numbers else []),
        *([and_(row.c.type == "b", row.c.head.in_(flags))] if flags else []),
    ]
    return Condition(or_(false(), *parts), exact=all(abs(one) < EXACT for one in numbers))


def _equal_texts(columns: Any, texts: list[str]) -> ColumnElement[bool]:
    heads = columns.head.in_(list(dict.fromkeys(text[:HEAD] for text in texts)))
    longer = [text for text in texts if len(text) > HEAD]
    whole = or_(columns.whole.is_(None), columns.whole.in_(longer)) if longer else columns.whole.is_(None)
    exactly = _text(columns).in_(texts) if longer else true()
    return and_(columns.type == "s", heads, whole, exactly)


def _scalar(columns: Any, rule: Rule) -> Condition:
    """A test on one text or number."""
    wanted = rule.value
    match rule.test, wanted:
        case "between", Span(since, until):
            span = columns.number.between(since.seconds, until.seconds)
            return Condition(and_(columns.type == "s", span))
        case "begins", str():
            return Condition(and_(columns.type == "s", _begins(columns, wanted)))
        case "ends", str():
            return Condition(and_(columns.type == "s", ends(_text(columns), wanted)), leads=False, because=_INSIDE)
        case ("above" | "from" | "below" | "upto") as test, Moment(moment):
            return Condition(and_(columns.type == "s", compared(test, columns.number, moment)))
        case ("above" | "from" | "below" | "upto") as test, str():
            return Condition(and_(columns.type == "s", _beyond(test, columns, wanted)))
        case ("above" | "from" | "below" | "upto") as test, int() | float() if rules.number(wanted):
            return _number(test, columns, wanted)
    return NEVER


def _number(test: str, columns: Any, wanted: float) -> Condition:
    exact = abs(wanted) < EXACT
    wide = test if exact else {"above": "from", "below": "upto"}.get(test, test)
    return Condition(and_(columns.type == "n", compared(wide, columns.number, _float(wanted))), exact)


def _float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")


def compared(test: str, column: Any, wanted: str | float) -> ColumnElement[bool]:
    """The column beyond what is wanted, or before it, by the test's name."""
    found: ColumnElement[bool]
    match test:
        case "above":
            found = column > wanted
        case "from":
            found = column >= wanted
        case "below":
            found = column < wanted
        case _:
            found = column <= wanted
    return found


def _beyond(test: str, columns: Any, wanted: str) -> ColumnElement[bool]:
    """Texts by code points: the head decides through the index, the whole text exactly."""
    wide = {"above": "from", "below": "upto"}.get(test, test)
    return and_(compared(wide, columns.head, wanted[:HEAD]), compared(test, _text(columns), wanted))


def _text(columns: Any) -> ColumnElement[str]:
    """The whole text of a row."""
    return func.coalesce(columns.whole, columns.head)


def _begins(columns: Any, wanted: str) -> ColumnElement[bool]:
    head = begins(columns.head, wanted[:HEAD])
    return head if len(wanted) <= HEAD else and_(head, begins(_text(columns), wanted))


def begins(column: Any, wanted: str) -> ColumnElement[bool]:
    """A range, which an index knows, from the text itself to before the next one that begins otherwise."""
    after = _after(wanted)
    return and_(column >= wanted, column < after if after else true())


def _after(text: str) -> str:
    """The first text after all that begin with this one; empty: there is none."""
    whole = text.rstrip(chr(_LAST))
    if not whole:
        return ""
    following = ord(whole[-1]) + 1
    return whole[:-1] + chr(_SURROGATES.stop if following in _SURROGATES else following)


def ends(text: ColumnElement[str], wanted: str) -> ColumnElement[bool]:
    """A text that ends with another."""
    length = func.length(text)
    return and_(length >= len(wanted), func.substr(text, length - len(wanted) + 1) == wanted)


def has(text: ColumnElement[str], wanted: str) -> ColumnElement[bool]:
    """A text without the other is shorter: every database says so in the same words."""
    return func.replace(text, wanted, "") != text if wanted else true()


def of_column(column: ColumnElement[Any], rule: Rule, *, moments: bool, indexed: bool) -> Condition:
    """The test of a rule on a column of texts; `moments`: of date-times as the clock writes them."""
    found = _of_column(column, rule, moments=moments)
    sentence = found.because or ("" if indexed else "there is no index for it")
    return found._replace(sql=and_(column.is_not(None), found.sql), leads=found.leads and indexed, because=sentence)


def _of_column(column: ColumnElement[Any], rule: Rule, *, moments: bool) -> Condition:
    wanted = rule.value
    match rule.test, wanted:
        case "present", _:
            return Condition(true(), leads=False, because="it passes nearly all")
        case "equal", list():
            return NEVER
        case (("equal" | "in" | "any"), _):
            return Condition(column.in_([one for one in rules.listed(wanted) if isinstance(one, str)]))
        case "contains", str():
            return Condition(has(column, wanted), leads=False, because=_INSIDE)
        case "begins", str():
            return Condition(begins(column, wanted))
        case "ends", str():
            return Condition(ends(column, wanted), leads=False, because=_INSIDE)
        case ("above" | "from" | "below" | "upto") as test, str():
            return Condition(compared(test, column, wanted))
        case (("above" | "from" | "below" | "upto" | "between"), _) if isinstance(wanted, Moment | Span):
            return _moments(rule.test, column, wanted) if moments else _unlike("compares names as dates")
    return NEVER


def _moments(test: str, column: ColumnElement[Any], wanted: Moment | Span) -> Condition:
    if isinstance(wanted, Span):
        since = _moments("from", column, wanted.since)
        return since._replace(sql=and_(since.sql, _moments("upto", column, wanted.until).sql))
    text, exactly = written(wanted.seconds)
    between = {"from": "above", "below": "upto"}  # between two milliseconds, after the first is from the second on
    return Condition(compared(test if exactly else between.get(test, test), column, text))

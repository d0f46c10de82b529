"""Random jq of the kind that closures run, and random values for it: a seed gives the same ones each time.

The programs are wild rather than well typed: half of what mappings get wrong are errors, and those have to agree too.
"""

from __future__ import annotations

import json
import re
from random import Random

from portside.model.resource import JSON

KEYS = ("a", "b", "c", "id", "name", "items", "a b", "é")
TEXTS = (
    '', 'a', 'b', 'id', 'P1', 'incident.triggered', 'a,b', ' x ', '\xc4\xd6', 'e\u0301', '\U0001f600 ok',
    '2024-05-19T17:55:29Z', '12', '-0.5', 'null', 'https://x.io/a?b=1', 'a\nb', '"q"', '\x00z', 'A-B_c', 'aaa',
    'true', '[1]', '99999999999999999999', '1e3',
)  # fmt: skip
NUMBERS: tuple[float, ...] = (
    0, 1, -1, 2, 3, 10, 255, 0.5, -2.5, 1.0, 1000.0, 1e+17, 9007199254740992, 9007199254740993, -1152921504606846976,
    100000000000000000000, 3.14159, 1e-07, 1.5e+300, -0.0, 100.0, 1e+100,
)  # fmt: skip

_FILTERS = (
    "length", "keys", "tostring", "tonumber", "type", "not", "ascii_downcase", "ascii_upcase", "to_entries",
    "from_entries", "floor", "sort", "unique", "reverse", "add", "first", "last", "min", "max", "explode", "trim",
    "tojson", "fromjson", "any", "all", "flatten", "values", "nulls", "strings", "numbers", "booleans", "arrays",
    "objects", "iterables", "empty", "error", "toarray", "round", "ceil", "utf8bytelength", "implode", "transpose",
    "abs", "keys_unsorted", "ltrim", "rtrim", "sqrt", "@text", "@json", "@base64", "@uri", "@html", "@csv", "@tsv",
    "@sh", "@base64d", "todate", "fromdate", "fromdateiso8601", "todateiso8601", "mktime", "gmtime", "tojson",
)  # fmt: skip
_ONE_VALUE = (
    "split", "startswith", "endswith", "ltrimstr", "rtrimstr", "has", "contains", "inside", "join", "index", "rindex",
    "indices", "in", "test", "flatten", "getpath", "strftime", "strptime", "nth", "error", "match", "capture", "scan",
)  # fmt: skip
_ONE_FILTER = (
    "map", "select", "any", "all", "sort_by", "group_by", "unique_by", "min_by", "max_by", "map_values",
    "with_entries", "first", "last", "isempty", "add", "IN",
)  # fmt: skip
_OPERATORS = (
    "+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "and", "or", "//",
)  # fmt: skip
_PATTERNS = r"""
" "
"a"
"[^a-z]"
"\\d+"
"(?<x>a)(b)?"
"a|b"
"^a"
"$"
""
"[A-Za-z0-9@_.:/=-]"
"\\..*Z$"
"."
"\\s+"
"a*"
"(a|b)+"
"é"
""".strip().splitlines()
_SHAPES = r"""
{p}
{p} // {t}
{p} | tostring
{p} + "-" + {p}
"\({p})/\({p})"
if {p} == {t} then {p} else {p} end
if {p} != null then {p} else null end
[{p}[]? | {q} // {q}]
[{p}[] | select({q} == {t}) | {q}] | join(",")
{p} | split({s}) | .[-1]
{p} | split({s}) | .[0:2] | join({s})
{p} | ascii_downcase | ltrimstr({t})
{p} | IN({t}, {t}, {t})
[{p}[]?{q}] | unique | length
{p} | map({q}) | sort | first
{p} | sort_by({q}) | .[0]{q}
{p} | map(select({q} | {f}))
{p} | to_entries | map("\(.key)=\(.value)") | join(";")
{p} | with_entries(select(.value != null))
{p} | tonumber / 1000 | todate
({p} | fromdate) - ({p} | fromdate) | . / 3600 | floor
{p}[:19] + "Z"
{p} | gsub({r}; {t})
{p} | sub({r}; {t}) | .[:-1]
{p} | capture({r}) | .x
{p} | if test({r}) then {t} else {p} end
{p} as $y | {p} | . == $y
{p} | has({t})
[{p}, {p}] | add
{p} | group_by({q}) | map({{key: (.[0]{q} | tostring), value: length}}) | from_entries
{p} | any({q} == {t})
all({p}[]?; {q} | {f})
{{a: {p}, b: ({p} // {t}), ({t}): {p}}}
{p} | map_values({f})
{p} | {f} | {f}
{p} == {t} and ({p} | startswith({t})) or {p} > {n}
{p} - {p} * {n} % 7
{p} | length > {n}
first({p}[]? | select({q}))
{p} | @uri
{p} | @json | @base64 | @base64d | fromjson
({p}?) // ({p} | {f})?
[limit(3; {p}[]?)] | reverse
{p} | keys | map(ascii_upcase)
{p} | type as $t | if $t == "array" then .[0] elif $t == "object" then {q} else . end
{p} | min_by({q}), max_by({q})
{p} | unique_by({q}) | map({q}?) | flatten
{p} | index({t}), rindex({t})
{p} | [.[] | numbers] | add / length | round
""".strip().splitlines()
"""{p} is a path, {q} one below it, {t} a text, {s} a separator, {r} a pattern, {f} a function, {n} a number."""
_TAME = (
    ".a",
    ".b",
    ".name",
    ".id",
    ".c",
    ".c.name",
    ".c.b",
    ".c.a",
    ".items",
    ".items[0].id",
    ".items[1]",
    '."a b"',
    ".missing",
)


def shaped(random: Random) -> str:
    """An expression as people write them for mappings."""
    found = random.choice(_SHAPES).replace("{{", "\0").replace("}}", "\1")
    return re.sub(r"\{(.)\}", lambda hole: _filled(random, hole[1]), found).replace("\0", "{").replace("\1", "}")


def _filled(random: Random, hole: str) -> str:
    match hole:
        case "p":
            return random.choice(_TAME) if random.random() < 0.9 else path(random)
        case "q":
            return random.choice((".id", ".name", ".a", ".b"))
        case "t":
            return json.dumps(random.choice(TEXTS), ensure_ascii=False)
        case "n":
            return json.dumps(random.choice(NUMBERS))
        case "s":
            return random.choice(('"/"', '"."', '","', '""'))
    return random.choice(_PATTERNS if hole == "r" else _FILTERS)


def program(random: Random, depth: int = 4) -> str:
    """An expression; every operand that needs them stands in brackets."""
    if depth <= 0 or random.random() < 0.15:
        return _leaf(random)
    return random.choice(_COMPOUND)(random, depth - 1)


def _leaf(random: Random) -> str:
    kind = random.randrange(8)
    if kind < 4:
        return path(random)
    if kind == 4:
        return json.dumps(random.choice(TEXTS), ensure_ascii=False)
    if kind == 5:
        return json.dumps(random.choice(NUMBERS))
    if kind == 6:
        return random.choice(("null", "true", "false", "[]", "{}", ".", "$x", "1.50", "1e2", "100"))
    return random.choice(_FILTERS)


def path(random: Random) -> str:
    """`.a.b?[0]`"""
    steps = [_step(random) for _ in range(random.randint(1, 3))]
    first = steps[0] if steps[0].startswith(".") else f".{steps[0]}"
    return first + "".join(steps[1:])


def _step(random: Random) -> str:
    key = random.choice(KEYS)
    shapes = (
        f".{key}" if key.isascii() and key.isalnum() else f".{json.dumps(key)}",
        f"[{json.dumps(key)}]", "[]", "[0]", "[-1]", "[1:]", "[:2]", "[:-1]", "[1.5]", "[null]",
    )  # fmt: skip
    step = random.choice(shapes[:1] * 6 + shapes)
    return step + ("?" if random.random() < 0.15 else "")


def _piped(random: Random, depth: int) -> str:
    return f"({program(random, depth)} | {program(random, depth)})"


def _operator(random: Random, depth: int) -> str:
    return f"({program(random, depth)} {random.choice(_OPERATORS)} {program(random, depth)})"


def _conditional(random: Random, depth: int) -> str:
    other = f" else {program(random, depth)}" if random.random() < 0.8 else ""
    more = f" elif {program(random, depth)} then {program(random, depth)}" if random.random() < 0.2 else ""
    return f"if {program(random, depth)} then {program(random, depth)}{more}{other} end"


def _array(random: Random, depth: int) -> str:
    return f"[{program(random, depth)}]"


def _object(random: Random, depth: int) -> str:
    entries = [_entry(random, depth) for _ in range(random.randint(1, 3))]
    return f"{{{', '.join(entries)}}}"


def _entry(random: Random, depth: int) -> str:
    key = random.choice(KEYS)
    plain = key if key.isascii() and key.isalnum() else json.dumps(key)
    shapes = (plain, f"{plain}: ({program(random, depth)})", f"({program(random, depth)}): {_leaf(random)}", "$x")
    return random.choice(shapes[:2] * 3 + shapes)


def _comma(random: Random, depth: int) -> str:
    return f"({program(random, depth)}, {program(random, depth)})"


def _tried(random: Random, depth: int) -> str:
    inner = program(random, depth)
    return random.choice((f"({inner})?", f"(try ({inner}))", f"(try ({inner}) catch {program(random, depth)})"))


def _bound(random: Random, depth: int) -> str:
    return f"({program(random, depth)} as $x | {program(random, depth)})"


def _text(random: Random, depth: int) -> str:
    form = random.choice(("", "", "", "@uri ", "@json ", "@base64 ", "@sh ", "@html "))
    return f'{form}"a\\({program(random, depth)})b\\({_leaf(random)})"'


def _value_call(random: Random, depth: int) -> str:
    return f"{random.choice(_ONE_VALUE)}({program(random, min(depth, 1))})"


def _filter_call(random: Random, depth: int) -> str:
    return f"{random.choice(_ONE_FILTER)}({program(random, depth)})"


def _pattern_call(random: Random, depth: int) -> str:
    made = random.choice(_PATTERN_CALLS).replace("{r}", random.choice(_PATTERNS))
    return f"({path(random)} | {made})" if depth else made


_PATTERN_CALLS = r"""
test({r})
test({r}; "i")
sub({r}; "-")
gsub({r}; "_")
[scan({r})]
capture({r})
sub({r}; "\(.x)!")
gsub({r}; "")
split({r}; null)
[match({r}).offset]
sub({r}; "-"; "g")
""".strip().splitlines()


def _dated(random: Random, _depth: int) -> str:
    form = random.choice(('"%Y-%m-%dT%H:%M:%SZ"', '"%Y-%m-%d"', '"%d/%m/%Y"', '"%H:%M"'))
    made = random.choice((f"strptime({form})", f"strptime({form}) | mktime", f"strftime({form})", "todate", "fromdate"))
    return f"({path(random)} | {made})"


def _negated(random: Random, depth: int) -> str:
    return f"(-({program(random, depth)}))"


def _limited(random: Random, depth: int) -> str:
    return random.choice(
        (
            f"first({program(random, depth)})",
            f"limit(2; {program(random, depth)})",
            f"[limit(1; {program(random, depth)})]",
        )
    )


def _quantified(random: Random, depth: int) -> str:
    name = random.choice(("any", "all", "IN"))
    return f"{name}({program(random, depth)}; {program(random, depth)})"


_COMPOUND = (
    _piped, _piped, _piped, _operator, _operator, _operator, _conditional, _array, _object, _comma, _tried, _bound,
    _text, _value_call, _value_call, _filter_call, _filter_call, _pattern_call, _dated, _negated, _limited, _quantified,
)  # fmt: skip


def value(random: Random, depth: int = 4) -> JSON:
    """JSON whose keys are those that programs ask for."""
    kind = random.randrange(9)
    if depth <= 0 or kind < 3:
        return random.choice((None, True, False, *TEXTS, *TEXTS, *NUMBERS))
    if kind < 5:
        return [value(random, depth - 1) for _ in range(random.randint(0, 4))]
    return {key: value(random, depth - 1) for key in random.sample(KEYS, random.randint(1, 5))}


def event(random: Random) -> JSON:
    """A value of the kind that shaped expressions expect, mostly."""
    found: dict[str, JSON] = {
        "a": random.choice(TEXTS),
        "b": random.choice((*NUMBERS, None)),
        "id": random.choice((*TEXTS, 7)),
        "name": random.choice((*TEXTS, None)),
        "a b": random.choice((None, True, False, "x")),
    }
    found["c"] = dict(found)
    found["items"] = [_flat(random) for _ in range(random.randint(0, 4))]
    return found


def _flat(random: Random) -> JSON:
    return {
        key: random.choice((*TEXTS, *NUMBERS, None, True)) for key in ("id", "name", "a", "b") if random.random() < 0.9
    }

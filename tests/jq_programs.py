"""jq programs made from jq's grammar: whatever can be written, and no more sense than that.

Names are mostly bound and keys mostly strings, so that many of the programs compile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

FUNCTIONS = (
    "length/0", "not/0", "keys/0", "type/0", "tostring/0", "empty/0", "error/0", "map/1", "select/1", "has/1",
    "range/2", "limit/2", "any/2",
    "sub/2",
)  # fmt: skip
LEAVES = (
    ".", ".a", ".b", ".a.b", "..", "null", "true", "1", "0", "2.50", ".5", '"a"', '""', '"é\\n\\u00e9"', "[]", "{}",
    "$x", "$y",
    "$__loc__", "$ENV", "f", "@json", "{a}", "{if, $x,}", "break $out", "-1",
)  # fmt: skip
_BINARY = ("+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "and", "or", "//")
_UPDATES = ("=", "|=", "+=", "-=", "*=", "/=", "%=", "//=")
CONSTRUCTS: Mapping[str, Sequence[str]] = {
    "binary": [f"§ {operator}~ §" for operator in _BINARY],
    "update": [f"§ {operator}~ §" for operator in _UPDATES],
    "pipe": ["§ | §", "§|~§"],
    "comma": ["§, §", "§~,§"],
    "if": ["if § then § end", "if § then § else § end", "if § then § elif § then § else § end"],
    "array": ["[§]", "[~§~]", "[§, §]"],
    "object": ["{a: §, b: §}", "{if: §}", '{"a b": §}', '{"\\(§)": §}', "{(§): §}", "{$x: §}", '{@text "x": § | §}'],
    "text": ['"a\\(§)"', '"\\(§) \\(§)"', '@base64 "\\\\ \\(~§)"', '@uri"a"'],
    "index": ["§.a", '§."a"', "§[§]", "§.[§]", '.["a"]', '."\\(§)"', "§ .if"],
    "slice": ["§[§:§]", "§[:§]", "§[§:]"],
    "iterate": [".[]", "§[]", "§.[]"],
    "optional": ["§?", "§.a?", "(§)?", "§[]?"],
    "try": ["try §", "try § catch §", "try (§) catch (§)"],
    "negation": ["-§", "-(§)"],
    "bind": ["§ as ¤ | §", "(§ as ¤ | §)", "§ as ¤ ?// ¤ | §"],
    "reduce": ["reduce § as ¤ (§; §)", "reduce .[] as $x (§; . + §)"],
    "foreach": ["foreach § as ¤ (§; §)", "foreach § as ¤ (§; §; §)"],
    "define": ["def f: §; §", "def f(x): §; f(§)", "def f($x): §; f(§)", "def g(f; $y): §; g(§; §) | §"]
    + [f"def {name}: §; §" for name in ("length", "recurse", "_plus(f; x)", "error", "x::y", "true")],
    "label": ["label $out | §", "label $out | § | break $out"],
    "brackets": ["(§)", "(~§~)"],
}  # fmt: skip
"""What programs are made of, by name: § is a program, ¤ a pattern, ~ is space."""

_SPACES = ("", " ", " ", "\n", " # note\n")


def programs(
    constructs: Sequence[str] = tuple(CONSTRUCTS),
    functions: Sequence[str] = FUNCTIONS,
    leaves: Sequence[str] = LEAVES,
    size: int = 12,
) -> st.SearchStrategy[str]:
    """Texts with about this many leaves. `constructs` are keys of CONSTRUCTS, `functions` are name/arity."""
    calls = [(name, int(arity)) for name, arity in (function.split("/") for function in functions)]
    plain = st.sampled_from([*leaves, *(name for name, arity in calls if not arity)])
    written = [f"{name}({'; '.join('§' * arity)})" for name, arity in calls if arity]
    shapes = [CONSTRUCTS[construct] for construct in constructs] + ([written] if written else [])
    shape = st.one_of(*map(st.sampled_from, shapes))
    return st.recursive(plain, lambda inner: _filled(shape, inner), max_leaves=size)


def patterns() -> st.SearchStrategy[str]:
    """What stands after `as`."""
    shape = st.sampled_from(
        [
            "[¤]",
            "[¤, ¤]",
            "{$x}",
            "{$y: ¤, a: ¤}",
            "{if: ¤}",
            '{"a b": ¤}',
            '{("a" + "b"): ¤}',
            "{(.a): ¤}",
            "{($x): ¤}",
        ]
    )
    return st.recursive(st.sampled_from(["$x", "$y"]), lambda inner: _filled(shape, inner), max_leaves=3)


@st.composite
def _filled(draw: st.DrawFn, shape: st.SearchStrategy[str], inner: st.SearchStrategy[str]) -> str:
    given = {"§": inner, "¤": inner, "~": st.sampled_from(_SPACES)}
    text = draw(shape)
    if "§" in text:
        given["¤"] = patterns()
    return "".join(draw(given[one]) if one in given else one for one in text)

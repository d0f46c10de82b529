"""Every character of every text has its place, however it is quoted."""

from __future__ import annotations

import json

from hypothesis import example, given, settings
from hypothesis import strategies as st

from portside.files.document import documents

NASTY = st.text(st.sampled_from("ab é'\"\\ \t\n#:-|>{}[],&*!%@`?🎉\u2028\x07"), max_size=40)
SIMPLE = st.text(st.sampled_from("ab cé'🎉\n"), max_size=40)


def places_hold(text: str, path: str, value: str, folded: str = "") -> None:
    """Every character but those that folding makes stands where its place says."""
    (document,), problems = documents(text, path)
    lines = text.split("\n")

    found = [document.source.inside(("deep", 1, "key"), index) for index in range(len(value))]

    assert problems == ()
    assert document.value["deep"][1]["key"] == value
    assert [document.source.marks.inside(("deep", 1, "key"), index) for index in (-1, len(value) + 1)] == [None, None]
    for character, place in zip(value, found, strict=True):
        written = (lines[place.line - 1] + "\n")[place.column - 1]
        assert written == character or character in folded or written == "\\"


@given(NASTY)
@settings(deadline=None)
@example("\ud83c\udf89")
def test_json_text_has_a_place_for_each_character(value):
    value = value.encode("utf-16", "surrogatepass").decode("utf-16")
    for ascii_only in (True, False):
        text = json.dumps({"deep": [0, {"key": value, "after": 1}]}, indent=2, ensure_ascii=ascii_only)

        places_hold(text, "a.json", value)


@given(NASTY)
@settings(deadline=None)
def test_double_quoted_text_has_a_place_for_each_character(value):
    quoted = json.dumps(value, ensure_ascii=False).replace("\u2028", "\\L").replace("\x7f", "\\x7f")

    places_hold(f"deep:\n  - 0\n  - key: {quoted}\n    after: 1\n", "a.yaml", value)


@given(SIMPLE)
@settings(deadline=None)
def test_single_quoted_text_has_a_place_for_each_character(value):
    value = value.replace("\n", " ")
    quoted = "'" + value.replace("'", "''") + "'"

    places_hold(f"deep: [0, {{key: {quoted}}}]\n", "a.yaml", value)


@given(st.lists(st.text("abé'🎉#:", min_size=1, max_size=8), min_size=1, max_size=6), st.integers(0, 2))
@settings(deadline=None)
def test_text_folded_over_lines_has_a_place_for_each_character(words, blank):
    value = ("\n" * blank or " ").join(words)
    lines = ("\n" * (blank + 1) + "      ").join(word.replace("'", "''") for word in words)

    places_hold(f"deep:\n  - 0\n  - key: '{lines}'\n", "a.yaml", value, folded=" \n")


@given(st.lists(st.text("abé🎉#:", max_size=8), min_size=1, max_size=6), st.sampled_from(["", "-", "+"]))
@settings(deadline=None)
def test_literal_blocks_have_a_place_for_each_character(lines, chomping):
    body = "\n".join(f"      {line}" if line else "" for line in lines) + "\n"
    text = f"deep:\n  - 0\n  - key: |2{chomping}  # why\n{body}"
    (document,), _ = documents(text, "a.yaml")

    places_hold(text, "a.yaml", document.value["deep"][1]["key"])


@given(
    st.lists(st.text("ab #:\t", max_size=8), min_size=1, max_size=8), st.sampled_from(["", "-", "+", "2", "2-", "+2"])
)
@settings(deadline=None)
@example(["  a", "", "b", "c"], "2")
def test_folded_blocks_have_a_place_for_each_character(lines, header):
    content = lines if "2" in header else ["x", *lines]
    body = "\n".join(f"      {line}" for line in content) + "\n"
    text = f"deep:\n  - 0\n  - key: >{header}\n{body}"
    (document,), _ = documents(text, "a.yaml")

    places_hold(text, "a.yaml", document.value["deep"][1]["key"], folded=" \n")


def test_a_place_in_a_plain_word_counts_from_its_first_character():
    (document,), _ = documents("a:\n  b: &x .body.event\n  c: *x\n", "f.yaml")

    assert [str(document.source.inside(("a", key), 6)) for key in "bc"] == ["f.yaml:2:15", "f.yaml:2:15"]


def test_lists_and_objects_are_at_their_key_and_scalars_at_themselves():
    text = "schema:\n  properties:\n    - 1\n    - a: x\n  'quoted': !!str  'y'\n"
    (document,), _ = documents(text, "f.yaml")

    routes = [(), ("schema",), ("schema", "properties"), ("schema", "properties", 0), ("schema", "properties", 1)]
    routes += [("schema", "properties", 1, "a"), ("schema", "quoted"), ("schema", "gone", "deeper")]
    found = [str(document.source.at(route)).removeprefix("f.yaml:") for route in routes]

    assert found == ["1:1", "1:1", "2:3", "3:7", "4:7", "4:10", "5:20", "1:1"]
    assert str(document.source.key(("schema", "quoted"))) == "f.yaml:5:3"


def test_every_document_of_a_stream_has_its_own_places():
    found, _ = documents("---\n# nothing\n---\na: 1\n---\nb:\n  a: 2\n", "f.yaml")

    assert [str(document.source.at(("a",))) for document in found] == ["f.yaml:4:4", "f.yaml:6:1"]
    assert str(found[1].source.at(("b", "a"))) == "f.yaml:7:6"


def test_a_byte_order_mark_and_windows_line_ends_move_nothing():
    (document,), problems = documents("\ufeffa: 1\r\nb:\r\n  c: 'x'\r\n", "f.yaml")

    assert problems == ()
    assert [str(document.source.at(route)) for route in (("a",), ("b", "c"))] == ["f.yaml:1:4", "f.yaml:3:6"]

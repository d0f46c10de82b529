"""Every problem's code and what it means, in a sentence: the one place. Reports, docs and tests read it from here."""

from __future__ import annotations

from collections.abc import Mapping

FILES: Mapping[str, str] = {
    "yaml-syntax": "The text is not YAML; nothing after this place was read.",
    "json-syntax": "The text is not JSON; nothing of the file was read.",
    "tab-indent": "A tab stands where YAML takes only spaces.",
    "control-character": "The text holds a character that no file can carry safely, or half of one.",
    "empty-file": "The file holds no document at all.",
    "duplicate-key": "One key stands twice in one object; a reader would keep only the last.",
    "key-not-text": "A key is a list, an object or an alias of one; only text can be a key in JSON.",
    "merge-key": "The file uses `<<`, which YAML 1.2 does not have, so readers disagree on what it means.",
    "unknown-tag": "A tag such as `!!binary` stands for a value that JSON does not have.",
    "number-not-json": "A number is infinite, not a number, or far too long to be one.",
    "unknown-alias": "An alias (`*name`) stands for nothing that is written before it.",
    "endless-alias": "An alias stands for the list or object that it is a part of.",
    "alias-limit": "The aliases of one document stand for more values than any resource has.",
    "too-deep": "Lists and objects are nested deeper than any resource needs.",
    "not-utf-8": "The file is not UTF-8 text.",
    "too-big": "The file is bigger than any declared resource can be.",
    "not-a-file": "Something with a file's name is a folder, a pipe, a socket or a device.",
    "not-a-folder": "Something stands where a folder of declared resources should be, or it lies outside of the root.",
    "missing-file": "The file is gone.",
    "broken-link": "A symbolic link leads to a file that does not exist.",
    "endless-link": "A symbolic link leads back to itself.",
    "linked-folder": "A symbolic link leads to a folder, and such links are not followed.",
    "outside-root": "A symbolic link leads out of the catalog's folder, and such links are not followed.",
    "unreadable": "The operating system does not let the file or folder be read.",
    "ignored-file": "A file's name almost says that it declares something, so it is probably misspelt.",
    "not-an-object": "A document is a list or a single value, where a resource should be.",
    "duplicate-identifier": "Two resources of one kind have the same identifier.",
    "folder-name": "A webhook's folder is not named by its identifier.",
    "settings-key": "portside.yaml has a key that means nothing.",
    "settings-value": "A value in portside.yaml is not what its key needs.",
    "fmt-left": "A file could not be put in one spelling without a loss, so it was left as it is.",
}
"""Found while reading text: files/."""

SHAPES: Mapping[str, str] = {
    "unknown-key": "An object that Port keeps closed has a key it does not take.",
    "missing-key": "A key that Port needs is not there.",
    "wrong-type": "A value is of a type that Port does not take in this place.",
    "not-allowed": "A value is not one of the few that Port takes in this place.",
    "colour": "A colour is not one of the seventeen that Port has.",
    "identifier-form": "An identifier or a key holds characters that Port does not take in one.",
    "mirror-path-form": "A mirror property's path is not relation keys and then a property, joined by dots.",
    "text-form": "A text is not the URL, or the moment, that it has to be.",
    "too-long": "A text has more characters than Port takes.",
    "too-many": "A list has more entries than Port takes.",
    "empty": "A text or a list that needs something in it is empty.",
    "value-twice": "A list of different values has one of them twice.",
    "out-of-range": "A number is smaller or greater than it may be.",
    "format-type": "A format, a spec and a type do not go together.",
    "many-and-required": "A relation is both many and required, which Port refuses.",
    "key-twice": "Two sections of a blueprint use one key, although an entity shows both under `properties`.",
    "required-property": "`required` names a property that the blueprint does not have.",
    "default-misfit": "A default is not a value that its own property takes.",
    "enum-misfit": "An enum has a value that is not of the property's type.",
    "enum-colour": "`enumColors` has a colour for something that is not a value of the enum.",
    "empty-range": "A minimum is more than its maximum, so that no value can be right.",
    "pattern-form": "A property's pattern is not a regular expression as JavaScript reads them.",
    "ignored-key": "A key is misspelt or misplaced where Port takes any key and passes over those it does not know.",
    "wrapped-resource": "The resource stands inside of another object, as in an answer of Port's API.",
    "not-jq": "A mapping has a number or a boolean where Port takes jq text, so that the property becomes null.",
    "literal-secret": "The secret itself stands in the file, and not its name as `${NAME}`.",
    "secret-missing": "A webhook asks for signed deliveries and has no secret, so that none can be verified.",
}
"""Found by holding one resource against its kind's schema: checks/shape.py."""

REFERENCES: Mapping[str, str] = {
    "relation-target": "A relation points at a blueprint that is not there.",
    "mirror-path": "A mirror property's path goes through a relation, or ends in a property, that is not there.",
    "aggregation-target": "An aggregation counts entities of a blueprint that is not there.",
    "aggregation-property": "An aggregation works on a property that its target lacks, or that is not a number.",
    "aggregation-path": "The path of an aggregation's pathFilter does not lead where it has to.",
    "query-name": "A search names a property, a relation or a blueprint that is not there.",
    "calculation-input": "A calculation reads something that its entity does not have, or another calculation.",
    "ownership-path": "Ownership is inherited along a path that does not end at a blueprint with Direct ownership.",
    "mapped-blueprint": "A mapping writes to a blueprint that is not there.",
    "mapped-property": "A mapping fills a property that its blueprint does not have, or that Port works out itself.",
    "mapped-relation": "A mapping fills a relation that its blueprint does not have.",
    "required-never-filled": "A property or relation is required, and no mapping that feeds the blueprint fills it.",
    "never-filled": "No mapping that feeds the blueprint fills a property, and it has no default.",
    "many-fed-one": "A relation that holds many is fed with one identifier, which Port wraps into a list.",
}
"""Found by following names from one place to another: checks/references.py."""

EXPRESSIONS: Mapping[str, str] = {
    "jq-syntax": "A jq text does not compile once Port has turned its single quotes into double ones.",
    "jq-forbidden": "A jq text asks for what no mapping gets: the environment, further input, modules, output, a stop.",
    "jq-empty": "A jq text holds no expression at all.",
    "jq-limit": "A jq text takes more time or memory than it gets, or takes jq itself down, with a known delivery.",
    "mapping-input": "A mapping reads what no delivery has: neither body, headers, queryParams nor the item.",
    "never-true": "A filter cannot give true, whatever is delivered, so that its mapping is never used.",
    "legacy-template": "A calculation holds a `{{…}}` template, which Port no longer fills in.",
    "unknown-path": "A jq text reads what no known delivery has where it looks for it.",
    "value-misfit": "A jq text gives, for a known delivery, what the property, relation, … cannot hold.",
    "null-required": "A jq text gives null or nothing, for a known delivery, where there has to be a value.",
    "filter-value": "A filter gives, for a known delivery, something other than true or false.",
    "never-passes": "A filter lets none of the known deliveries through.",
    "always-passes": "A filter reads the delivery and lets every one through all the same.",
    "items-value": "itemsToParse gives, for a known delivery, something other than a list.",
    "always-fails": "A jq text fails on every known delivery.",
    "always-same": "A jq text reads the delivery and gives one and the same value whatever that is.",
    "unreachable": "An alternative of a jq text can never be what it gives.",
    "event-resource": "A filter lets through PagerDuty events about another kind of thing than the mapping makes.",
    "port-engine": "A jq text uses a function that Port's jq is too old to have.",
}
"""Found in jq texts: checks/expressions.py."""

CASES: Mapping[str, str] = {
    "case-golden": "A golden does not have the form in which portside writes what a delivery does.",
    "case-intent": "A .case.yaml says something that no case can say, or not in the form it takes.",
    "case-unpaired": "A file among the cases is neither a payload nor belongs to one.",
    "case-webhook": "The folder of the cases has no webhook to send them to.",
}
"""Found among the cases of a webhook: goldens/."""

SWALLOWED: Mapping[str, str] = {
    "webhook-disabled": "The webhook is not enabled, so Port drops the delivery.",
    "jq-error": "An expression fails on this delivery; its field stays as it is, and a filter or identifier skips.",
    "filter-not-boolean": "A filter gives something other than true or false, so the mapping is skipped.",
    "items-not-list": "itemsToParse gives something other than a list, so the mapping is skipped.",
    "items-limit": "itemsToParse gives more items than Port reads; the others are lost.",
    "more-values": "An expression gives several values, of which Port takes the first.",
    "wrapped": "A lone value is put into a list, because its property or relation takes one.",
    "unknown-blueprint": "The mapping writes to a blueprint that is not there.",
    "identifier-missing": "The identifier is null, empty or nothing, so no entity is written.",
    "identifier-type": "The identifier is not a text, so no entity is written.",
    "identifier-pattern": "The identifier has a character, or a length, that Port does not take.",
    "unknown-property": "The blueprint has no such property, or works it out itself; the entity is not written.",
    "unknown-relation": "The blueprint has no such relation; the entity is not written.",
    "value-type": "A value is not of its property's type; the entity is not written.",
    "value-format": "A text is not what its property's format says; the entity is not written.",
    "value-enum": "A value is not in its property's enum; the entity is not written.",
    "value-bounds": "A value is longer, smaller or greater than its property takes; the entity is not written.",
    "value-pattern": "A text does not match its property's pattern; the entity is not written.",
    "value-schema": "An object does not fit the schema that its property gives; the entity is not written.",
    "value-required": "A required property or relation has no value; the entity is not written.",
    "relation-single": "A relation to one is given a list; the entity is not written.",
    "relation-type": "A relation is given something that cannot be an identifier; the entity is not written.",
    "query-shape": "A search instead of an identifier is not one that Port takes; the entity is not written.",
}
"""What Port would pass over in a delivery without a word: mappings/. Besides: jq-syntax, jq-limit, not-jq."""


def meaning(code: str) -> str:
    """The sentence of a code. Raises KeyError for a code nobody wrote down."""
    return {**FILES, **SHAPES, **REFERENCES, **EXPRESSIONS, **CASES, **SWALLOWED}[code]

One run shows all that is wrong, each with its place; nothing stops at the first.

$ portside validate
catalog/blueprints/a.yaml:6:5: the key 'tier' stands twice in this object [duplicate-key]
    also at catalog/blueprints/a.yaml:5:5
    keep one of the two; only the last would count
catalog/blueprints/a.yaml:8:19: relation 'owner' points at blueprint 'taem', which is not in this catalog [relation-target]
    did you mean 'team'?
catalog/blueprints/b.json:4:31: a ',' stands before '}' [json-syntax]
    take the last ',' out
catalog/blueprints/empty.yaml:1:1: this file holds nothing [empty-file]
    write a resource in it, or delete it
mappings/hook/webhook.yaml:8:29: this jq does not compile: 'then' has no 'if': it stands at the end of '.dataif' [jq-syntax]
    .body.dataif .id then .id end
              ^
    a `|` is missing: `.data | if …`
mappings/hook/webhook.yaml:10:9: mapping 1 fills 'colour', which is not a property of blueprint 'team' [mapped-property]
6 errors in 2 blueprints and 1 webhook.
[exit 1]

$ portside validate --quiet
catalog/blueprints/a.yaml:6:5: the key 'tier' stands twice in this object [duplicate-key]
    also at catalog/blueprints/a.yaml:5:5
    keep one of the two; only the last would count
catalog/blueprints/a.yaml:8:19: relation 'owner' points at blueprint 'taem', which is not in this catalog [relation-target]
    did you mean 'team'?
catalog/blueprints/b.json:4:31: a ',' stands before '}' [json-syntax]
    take the last ',' out
catalog/blueprints/empty.yaml:1:1: this file holds nothing [empty-file]
    write a resource in it, or delete it
mappings/hook/webhook.yaml:8:29: this jq does not compile: 'then' has no 'if': it stands at the end of '.dataif' [jq-syntax]
    .body.dataif .id then .id end
              ^
    a `|` is missing: `.data | if …`
mappings/hook/webhook.yaml:10:9: mapping 1 fills 'colour', which is not a property of blueprint 'team' [mapped-property]
6 errors in 2 blueprints and 1 webhook.
[exit 1]

$ portside validate --format github
::error file=catalog/blueprints/a.yaml,line=6,col=5,title=duplicate-key::the key 'tier' stands twice in this object%0Akeep one of the two; only the last would count
::error file=catalog/blueprints/a.yaml,line=8,col=19,title=relation-target::relation 'owner' points at blueprint 'taem', which is not in this catalog%0Adid you mean 'team'?
::error file=catalog/blueprints/b.json,line=4,col=31,title=json-syntax::a ',' stands before '}'%0Atake the last ',' out
::error file=catalog/blueprints/empty.yaml,line=1,col=1,title=empty-file::this file holds nothing%0Awrite a resource in it, or delete it
::error file=mappings/hook/webhook.yaml,line=8,col=29,title=jq-syntax::this jq does not compile: 'then' has no 'if': it stands at the end of '.dataif'%0A.body.dataif .id then .id end%0A          ^%0Aa `|` is missing: `.data | if …`
::error file=mappings/hook/webhook.yaml,line=10,col=9,title=mapped-property::mapping 1 fills 'colour', which is not a property of blueprint 'team'
[exit 1]

$ portside plan
catalog/blueprints/a.yaml:6:5: the key 'tier' stands twice in this object [duplicate-key]
    also at catalog/blueprints/a.yaml:5:5
    keep one of the two; only the last would count
catalog/blueprints/a.yaml:8:19: relation 'owner' points at blueprint 'taem', which is not in this catalog [relation-target]
    did you mean 'team'?
catalog/blueprints/b.json:4:31: a ',' stands before '}' [json-syntax]
    take the last ',' out
catalog/blueprints/empty.yaml:1:1: this file holds nothing [empty-file]
    write a resource in it, or delete it
mappings/hook/webhook.yaml:8:29: this jq does not compile: 'then' has no 'if': it stands at the end of '.dataif' [jq-syntax]
    .body.dataif .id then .id end
              ^
    a `|` is missing: `.data | if …`
mappings/hook/webhook.yaml:10:9: mapping 1 fills 'colour', which is not a property of blueprint 'team' [mapped-property]
6 errors in the files.
Error: the files have errors, so there is no plan; 'portside validate' shows them with all warnings
[exit 1]

=== catalog/blueprints/a.yaml
identifier: a
title: A
schema:
  properties:
    tier: {type: integer}
    tier: {type: string}
relations:
  owner: {target: taem}
---
identifier: team
title: Team
schema: {properties: {}}
=== catalog/blueprints/b.json
{
  "identifier": "b",
  "title": "B",
  "schema": {"properties": {}},
}
=== catalog/blueprints/empty.yaml

=== mappings/hook/webhook.yaml
identifier: hook
title: Hook
enabled: true
mappings:
  - blueprint: team
    filter: .body.kind == 'team'
    entity:
      identifier: .body.dataif .id then .id end
      properties:
        colour: .body.colour

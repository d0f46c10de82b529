What a catalog holds becomes files that plan as no changes; files that are there keep their comments.

$ portside apply --yes --quiet
Plan: 2 to create, 0 to change, 0 to delete.
Applied 2 of 2. The plan is empty.

$ mkdir elsewhere && cp -R .portside elsewhere

$ portside pull --root elsewhere
wrote elsewhere/catalog/blueprints/a.yaml
wrote elsewhere/mappings/w/webhook.yaml
2 pulled, 2 files written.

$ find elsewhere -name '*.yaml' | sort | xargs cat
identifier: a
title: A
schema:
  properties:
    tier:
      type: string
identifier: w
title: W
enabled: true
mappings:
  - blueprint: a
    entity:
      identifier: .body.id
      properties:
        tier: .body.tier

$ portside plan --root elsewhere
No changes.

=== catalog/blueprints/a.yaml
identifier: a
title: Before # a comment
schema:
  properties: {}
$ portside pull
wrote catalog/blueprints/a.yaml
2 pulled, 1 file written.

$ cat catalog/blueprints/a.yaml
identifier: a
title: A # a comment
schema:
  properties: {tier: {type: string}}

=== catalog/blueprints/a.yaml
schema: {properties: {tier: {type: string,   enum: ["1", '2']}}}  # what it has
title:   "A"
identifier: a
$ portside fmt --check
would write catalog/blueprints/a.yaml
would write mappings/w/webhook.yaml
2 of 2 files in another spelling.
[exit 1]

$ portside fmt
wrote catalog/blueprints/a.yaml
wrote mappings/w/webhook.yaml
2 of 2 files written.

$ cat catalog/blueprints/a.yaml
identifier: a
title: A
schema:  # what it has
  properties:
    tier:
      type: string
      enum:
        - '1'
        - '2'

$ portside fmt
0 of 2 files written.

=== catalog/blueprints/a.yaml
identifier: a
title: A
schema:
  properties:
    tier: {type: string}
=== mappings/w/webhook.yaml
identifier: w
title: W
enabled: true
mappings:
  - blueprint: a
    entity:
      identifier: .body.id
      properties: {tier: .body.tier}
security:
  secret: ${W_SECRET}

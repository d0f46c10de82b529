A saved plan is applied exactly or not at all. Here somebody applies another plan in between.

$ portside apply --yes --quiet
Plan: 1 to create, 0 to change, 0 to delete.
Applied 1 of 1. The plan is empty.

=== catalog/blueprints/service.yaml
identifier: service
title: Service
schema:
  properties:
    tier: {type: string, title: Tier}
    owner: {type: string}
$ portside plan --output plan.json
~ blueprint/service
    + schema.properties.owner: {"type": "string"}
    + schema.properties.tier.title: "Tier"

Plan: 0 to create, 1 to change, 0 to delete.

=== catalog/blueprints/service.yaml
identifier: service
title: Services
schema:
  properties:
    tier: {type: string}
$ portside apply --yes
~ blueprint/service
    ~ title: "Service" → "Services"

Plan: 0 to create, 1 to change, 0 to delete.
[1/1] ~ blueprint/service
Applied 1 of 1. The plan is empty.

$ portside apply plan.json
Error: blueprint/service changed since this plan (title: "Service" → "Services"); plan again (1 not begun; plan again to see what is left, 'portside runs show' tells more)
[exit 1]

$ portside runs show
run <run> on catalog 'local', begun <time>, stale <time>
  not begun  update blueprint/service
1 not begun.

$ head -c 300 plan.json > half.json; portside apply half.json
Error: half.json is not a whole plan: it is no JSON (Unterminated string starting at: line 14 column 6 (char 291)); plan again
[exit 64]

$ sed 's/Tier/Level/' plan.json > edited.json; portside apply edited.json
Error: edited.json was changed after portside wrote it, for its sha256 does not match; plan again
[exit 64]

$ portside apply catalog/blueprints/service.yaml
Error: catalog/blueprints/service.yaml is not a whole plan: it is no JSON (Expecting value: line 1 column 1 (char 0)); plan again
[exit 64]

$ portside apply nowhere.json
Error: 'nowhere.json' does not exist
[exit 64]

=== catalog/blueprints/service.yaml
identifier: service
title: Service
schema:
  properties:
    tier: {type: string}

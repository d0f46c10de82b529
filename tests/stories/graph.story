The catalog as a drawing, and what a plan does to it.

$ portside graph
flowchart LR
  webhook_pager(["Pager<br/>pager · disabled"])
  blueprint___user["#95;user<br/>Port#39;s own"]:::elsewhere
  blueprint_service["Service<br/>service"]
  blueprint_team["The #34;Team#34;<br/>team"]
  webhook_pager ==>|"create, delete"| blueprint_service
  blueprint_service -->|"on_call"| blueprint___user
  blueprint_service -->|"owner · many"| blueprint_team
  blueprint_service -->|"uses"| blueprint_service
  classDef elsewhere stroke-dasharray:2 3

$ portside apply --yes --quiet
Plan: 3 to create, 0 to change, 0 to delete.
Applied 3 of 3. The plan is empty.

=== catalog/blueprints/service.yaml
identifier: service
title: Service
schema: {properties: {}}
relations:
  owner: {target: squad, required: true}
=== catalog/blueprints/squad.yaml
{identifier: squad, title: Squad, schema: {properties: {}}}
$ rm catalog/blueprints/team.yaml; portside plan --output plan.json --quiet
Plan: 1 to create, 1 to change, 0 to delete; 1 unmanaged.

$ portside graph --plan plan.json
flowchart LR
  webhook_pager(["Pager<br/>pager · disabled"])
  blueprint___user["#95;user<br/>Port#39;s own"]:::elsewhere
  blueprint_service["#126; Service<br/>service"]:::changed
  blueprint_squad["#43; Squad<br/>squad"]:::created
  blueprint_team["team<br/>unmanaged"]:::unmanaged
  webhook_pager ==>|"create, delete"| blueprint_service
  blueprint_service -->|"#45; on_call"| blueprint___user
  blueprint_service -->|"#45; owner · many"| blueprint_team
  blueprint_service -->|"#43; owner · required"| blueprint_squad
  blueprint_service -->|"#45; uses"| blueprint_service
  subgraph legend
    legend_created["#43; created"]:::created
    legend_changed["#126; changed"]:::changed
    legend_deleted["#45; deleted"]:::deleted
    legend_unmanaged["unmanaged"]:::unmanaged
  end
  classDef created fill:#dafbe1,stroke:#1a7f37,color:#1f2328
  classDef changed fill:#fff8c5,stroke:#9a6700,color:#1f2328
  classDef deleted fill:#ffebe9,stroke:#cf222e,color:#1f2328,stroke-dasharray:5 3
  classDef unmanaged fill:#eaeef2,stroke:#6e7781,color:#1f2328
  classDef elsewhere stroke-dasharray:2 3
  linkStyle 3 stroke:#1a7f37
  linkStyle 1,2,4 stroke:#cf222e,stroke-dasharray:5 3

$ portside graph --plan plan.json --format dot=plan.dot --format svg=plan.svg; grep -c . plan.dot; grep -o '<title[^<]*' plan.svg
22
<title id="title">4 blueprints and 1 webhook
<title>webhook/pager to blueprint/service: create, delete
<title>blueprint/service to blueprint/_user: - on_call
<title>blueprint/service to blueprint/team: - owner · many
<title>blueprint/service to blueprint/squad: + owner · required
<title>blueprint/service to blueprint/service: - uses
<title>webhook/pager Pager disabled
<title>blueprint/_user Port&#x27;s own
<title>blueprint/service Service changed
<title>blueprint/squad Squad created
<title>blueprint/team unmanaged

=== catalog/blueprints/squad.yaml
{identifier: squad, title: Squad}
$ portside graph
flowchart LR
  webhook_pager(["Pager<br/>pager · disabled"])
  blueprint_service["Service<br/>service"]
  blueprint_squad["squad<br/>not declared"]:::elsewhere
  webhook_pager ==>|"create, delete"| blueprint_service
  blueprint_service -->|"owner · required"| blueprint_squad
  classDef elsewhere stroke-dasharray:2 3
catalog/blueprints/squad.yaml:1:1: the blueprint has no 'schema' [missing-key]
    without properties write 'schema: {properties: {}}'
1 error in the files.
[exit 1]

$ portside graph --plan catalog/blueprints/service.yaml
Error: catalog/blueprints/service.yaml is not a whole plan: it is no JSON (Expecting value: line 1 column 1 (char 0)); plan again
[exit 64]

$ portside graph --format png
Error: Invalid value for '--format': 'png' is not a format of this command; it has mermaid, dot, svg; 'portside graph --help' shows what it takes
[exit 64]

=== catalog/blueprints/service.yaml
identifier: service
title: Service
schema: {properties: {}}
relations:
  owner: {target: team, many: true}
  uses: {target: service}
  on_call: {target: _user}
=== catalog/blueprints/team.yaml
{identifier: team, title: 'The "Team"', schema: {properties: {}}}
=== mappings/pager/webhook.yaml
identifier: pager
title: Pager
enabled: false
mappings:
  - {blueprint: service, entity: {identifier: .body.id}}
  - {blueprint: service, operation: delete, filter: .body.gone, entity: {identifier: .body.id}}

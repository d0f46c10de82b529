What the command line gets wrong ends in one sentence and exit code 64.

$ portside plna
Error: No such command 'plna'; 'portside --help' shows what it takes
[exit 64]

$ portside plan --catalog nowhere
Error: there is no catalog 'nowhere' in portside.yaml; there is 'local'
[exit 64]

$ portside plan --format xml
Error: Invalid value for '--format': 'xml' is not a format of this command; it has text, json, markdown; 'portside plan --help' shows what it takes
[exit 64]

$ portside plan --format json=
Error: Invalid value for '--format': 'json=' names no file; 'portside plan --help' shows what it takes
[exit 64]

$ portside send nobody payload.json
Error: there is no webhook 'nobody' in mappings/; there is w
[exit 64]

$ portside send w nothing.json
Error: nothing.json is not there
[exit 64]

$ portside send w payload.json --unsigned
Error: --unsigned goes with --store: without it nothing looks at the signature
[exit 64]

$ portside send w payload.json --header nonsense
Error: --header 'nonsense' is not 'NAME: VALUE'
[exit 64]

$ portside apply
Error: there is no terminal to ask on, so apply needs a plan file or --yes
[exit 64]

$ portside runs
Nothing was applied here yet.

$ portside runs show --root . last
Error: nothing was applied here yet
[exit 64]

$ portside runs show last
Error: nothing was applied here yet
[exit 64]

$ portside pull blueprint/a
Error: catalog 'local' has no blueprint/a
[exit 64]

$ portside entities nothing
Error: there is no blueprint 'nothing' in catalog 'local'; there is none
[exit 64]

$ portside validate --root nowhere
Error: 'nowhere' does not exist
[exit 64]

$ mkdir empty && portside validate --root empty
Error: empty has neither catalog/ nor mappings/: run portside where your catalog is, or name its folder with --root
[exit 64]

$ mkdir -p .portside && echo 'no database' > .portside/catalog.db && portside plan
Error: catalog 'local' (.portside/catalog.db) is not a database; move the file away, or name another path
[exit 3]

=== catalog/blueprints/a.yaml
{identifier: a, title: A, schema: {properties: {}}}
=== mappings/w/webhook.yaml
{identifier: w, title: W, enabled: true, mappings: [{blueprint: a, entity: {identifier: .body.id}}]}
=== payload.json
{"id": "x"}

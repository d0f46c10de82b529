One command makes a repository that validates, tests and plans at once, in a folder that need not be one of git's.

$ portside init
wrote portside.yaml
wrote .gitignore
wrote .gitattributes
wrote .github/workflows/catalog.yml
wrote catalog/blueprints/pagerdutyIncident.yaml
wrote catalog/blueprints/pagerdutyService.yaml
wrote mappings/pagerdutyMapper/cases/incident.acknowledged.case.yaml
wrote mappings/pagerdutyMapper/cases/incident.acknowledged.golden.yaml
wrote mappings/pagerdutyMapper/cases/incident.acknowledged.json
wrote mappings/pagerdutyMapper/cases/incident.annotated.case.yaml
wrote mappings/pagerdutyMapper/cases/incident.annotated.golden.yaml
wrote mappings/pagerdutyMapper/cases/incident.annotated.json
wrote mappings/pagerdutyMapper/cases/incident.resolved.case.yaml
wrote mappings/pagerdutyMapper/cases/incident.resolved.golden.yaml
wrote mappings/pagerdutyMapper/cases/incident.resolved.json
wrote mappings/pagerdutyMapper/cases/incident.triggered.case.yaml
wrote mappings/pagerdutyMapper/cases/incident.triggered.golden.yaml
wrote mappings/pagerdutyMapper/cases/incident.triggered.json
wrote mappings/pagerdutyMapper/cases/pagey.ping.case.yaml
wrote mappings/pagerdutyMapper/cases/pagey.ping.golden.yaml
wrote mappings/pagerdutyMapper/cases/pagey.ping.json
wrote mappings/pagerdutyMapper/cases/service.updated.case.yaml
wrote mappings/pagerdutyMapper/cases/service.updated.golden.yaml
wrote mappings/pagerdutyMapper/cases/service.updated.json
wrote mappings/pagerdutyMapper/webhook.yaml
25 files written.

Next:
  portside test
  portside plan

$ portside init --quiet
Nothing changed: all files are there already.

$ portside validate --strict
No problems in 2 blueprints and 1 webhook.

$ portside test
6 same, 0 different, 0 new, 0 orphan.

$ portside apply --yes --quiet
Plan: 3 to create, 0 to change, 0 to delete.
Applied 4 of 4. The plan is empty.

$ portside init
Nothing changed: all files are there already.

Next:
  portside test
  portside plan

$ mkdir mine && echo 'catalog: local' > mine/portside.yaml && echo 'dist/' > mine/.gitignore

$ portside init mine
Error: nothing is written: 'mine/portside.yaml' is there already and differs
[exit 1]

$ rm mine/portside.yaml && portside init mine --quiet && cat mine/.gitignore
25 files written.
dist/
.portside/

=== team/portside.yaml
catalogs:
  ours:
    path: ../.portside/catalog.db
$ portside init team --from theirs
Error: there is no catalog 'theirs' in portside.yaml; there is 'ours'
[exit 64]

$ portside init team --from ours
wrote team/.gitignore
wrote team/.gitattributes
wrote team/.github/workflows/catalog.yml
wrote team/catalog/blueprints/pagerdutyIncident.yaml
wrote team/catalog/blueprints/pagerdutyService.yaml
wrote team/mappings/pagerdutyMapper/webhook.yaml
6 files written.
no cases yet: put a payload into team/mappings/pagerdutyMapper/cases, then portside test --accept

Next:
  portside validate --root team
  portside plan --root team --catalog ours

$ portside plan --root team --catalog ours
1 warning in the files. 'portside validate' shows them.
No changes.

$ portside test --root team
0 same, 0 different, 0 new, 0 orphan.

$ portside init team --from ours --quiet
Nothing changed: all files are there already.

$ sed -i 's/^title: .*/title: Mine/' team/catalog/blueprints/pagerdutyService.yaml && portside init team --from ours
Error: nothing is written: 'team/catalog/blueprints/pagerdutyService.yaml' is there already and differs
[exit 1]

$ portside init elsewhere --from local
Error: catalog 'local' holds nothing to begin with; init without --from brings a catalog
[exit 64]


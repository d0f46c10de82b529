The project's own files: what happens to a case when its mapping, its payload or its golden changes.

$ rm mappings/pagerdutyMapper/cases/service.created.golden.yaml

$ mv mappings/pagerdutyMapper/cases/service.updated.json mappings/pagerdutyMapper/cases/service.renamed.json

$ echo '{' > mappings/pagerdutyMapper/cases/incident.escalated.json

$ portside test
broken  mappings/pagerdutyMapper/cases/incident.escalated.json:2:1: a key in double quotes should stand here, not the end of the file [json-syntax]
broken  mappings/pagerdutyMapper/cases/service.updated.case.yaml:1:1: this case has lost its payload [case-unpaired]
new        pagerdutyMapper/service.created
new        pagerdutyMapper/service.renamed
orphan     pagerdutyMapper/service.updated
    mappings/pagerdutyMapper/cases/service.updated.golden.yaml has lost its payload
when this is what you want: portside test --accept
59 same, 0 different, 2 new, 1 orphan; 2 broken.
[exit 1]

$ CI=true portside test --accept
Error: goldens are not accepted under CI (the environment says CI): accept them where they are reviewed
[exit 64]

$ portside test --accept pagerdutyMapper/service.created
wrote mappings/pagerdutyMapper/cases/service.created.golden.yaml
1 written, 0 deleted, 2 broken.
[exit 1]

$ portside test pagerdutyMapper/service.created --verbose
broken  mappings/pagerdutyMapper/cases/incident.escalated.json:2:1: a key in double quotes should stand here, not the end of the file [json-syntax]
broken  mappings/pagerdutyMapper/cases/service.updated.case.yaml:1:1: this case has lost its payload [case-unpaired]
same       pagerdutyMapper/service.created
1 same, 0 different, 0 new, 0 orphan; 2 broken.
[exit 1]

$ portside test --accept no-such-case
Error: there is no case 'no-such-case'
[exit 64]

$ cat mappings/pagerdutyMapper/cases/service.created.golden.yaml
mappings:
  - pagerdutyService: mapped
  - pagerdutyService: filtered
  - pagerdutyIncident: filtered
  - pagerdutyIncident: filtered
changes:
  - upsert: pagerdutyService/P4FHUI4
    title: notification-fanout
    properties:
      alert_creation: create_alerts_and_incidents
      teams: []
      url: https://acme.pagerduty.com/service-directory/P4FHUI4

$ cat mappings/pagerdutyMapper/cases/incident.annotated.golden.yaml
dropped: every mapping filters it out
mappings:
  - pagerdutyService: filtered
  - pagerdutyService: filtered
  - pagerdutyIncident: filtered
  - pagerdutyIncident: filtered


Blueprints that point at each other take one change each and an extra write, and the plan says why.

$ portside plan
+ blueprint/incident
    title: "Incident"
    properties: status
    relations: service
    mirrorProperties: count
+ blueprint/service
    title: "Service"
    relations: lastIncident
    mirrorProperties: lastStatus
    aggregationProperties: incidents

in this order:
  1. + blueprint/incident
  2. + blueprint/service
  3. ~ blueprint/incident  (adds service and count; incident and service point at each other)

Plan: 2 to create, 0 to change, 0 to delete.

$ portside apply --yes
+ blueprint/incident
    title: "Incident"
    properties: status
    relations: service
    mirrorProperties: count
+ blueprint/service
    title: "Service"
    relations: lastIncident
    mirrorProperties: lastStatus
    aggregationProperties: incidents

in this order:
  1. + blueprint/incident
  2. + blueprint/service
  3. ~ blueprint/incident  (adds service and count; incident and service point at each other)

Plan: 2 to create, 0 to change, 0 to delete.
[1/3] + blueprint/incident
[2/3] + blueprint/service
[3/3] ~ blueprint/incident  (adds service and count; incident and service point at each other)
Applied 3 of 3. The plan is empty.

$ portside plan --only blueprint/incident
No changes.

$ portside plan --only blueprint/nothing
Error: --only blueprint/nothing: nothing of that name is in the files or in the catalog
[exit 64]

=== catalog/blueprints/all.yaml
identifier: service
title: Service
schema:
  properties: {}
relations:
  lastIncident: {target: incident}
mirrorProperties:
  lastStatus: {path: lastIncident.status}
aggregationProperties:
  incidents:
    title: Incidents
    target: incident
    calculationSpec: {calculationBy: entities, func: count}
---
identifier: incident
title: Incident
schema:
  properties:
    status: {type: string}
relations:
  service: {target: service}
mirrorProperties:
  count: {path: service.incidents}

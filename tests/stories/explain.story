The project's own files: why is this null, and where does it stop?

$ portside explain pagerdutyMapper incident.triggered~no-priority --expression properties.priority
mappings[2] → pagerdutyIncident
mappings/pagerdutyMapper/webhook.yaml:42:19  entity.properties.priority
  .body.event.data.priority.summary  null  string or null
    .body.event.data.priority        null  object or null  ← null here

$ portside explain pagerdutyMapper incident.triggered~no-priority
mappings[0] → pagerdutyService  stopped by its filter
mappings/pagerdutyMapper/webhook.yaml:13:13  filter
  .body.event.data.type == "service" and .body.event.event_type != "service.deleted"
  =                                     false
    .body.event.data.type == "service"  false
      .body.event.data.type             "incident"

mappings[1] deletes pagerdutyService  stopped by its filter
mappings/pagerdutyMapper/webhook.yaml:29:13  filter
  .body.event.data.type == "service" and .body.event.event_type == "service.deleted"
  =                                     false
    .body.event.data.type == "service"  false
      .body.event.data.type             "incident"

mappings[2] → pagerdutyIncident
mappings/pagerdutyMapper/webhook.yaml:35:13  filter
  .body.event.data.type == "incident"  true
    .body.event.data.type              "incident"
entity.identifier                    .body.event.data.id                         "Q4GK1XQWCA9PGF"
entity.title                         .body.event.data.title                      "payments-worker queue lag over 10 minutes"
entity.properties.status             .body.event.data.status                     "triggered"
entity.properties.urgency            .body.event.data.urgency                    "high"
mappings/pagerdutyMapper/webhook.yaml:42:19  entity.properties.priority
  .body.event.data.priority.summary  null  string or null
    .body.event.data.priority        null  object or null  ← null here
entity.properties.number             .body.event.data.number                     1851
entity.properties.url                .body.event.data.html_url                   "https://acme.pagerduty.com/incidents/Q4GK1XQWCA9PGF"
entity.properties.incident_type      .body.event.data.incident_type.name         "incident_default"
mappings/pagerdutyMapper/webhook.yaml:47:21  entity.properties.assignees
  [.body.event.data.assignees[] | .summary // .id]  ["Chidi Okafor"]
    .body.event.data.assignees[]                    {"html_url": "https://acme.pagerduty.com/users/POUN879", "i…
    .summary // .id                                 "Chidi Okafor"
      .summary                                      "Chidi Okafor"
mappings/pagerdutyMapper/webhook.yaml:48:17  entity.properties.teams
  [.body.event.data.teams[] | .summary // .id]  ["Payments"]
    .body.event.data.teams[]                    {"html_url": "https://acme.pagerduty.com/teams/P9X6EQ4", "i…
    .summary // .id                             "Payments"                                                    "Payments" or "Platform"
      .summary                                  "Payments"                                                    "Payments" or "Platform"
entity.properties.escalation_policy  .body.event.data.escalation_policy.summary  "Payments Primary"
entity.properties.created_at         .body.event.data.created_at                 "2026-03-02T09:20:31Z"
mappings/pagerdutyMapper/webhook.yaml:53:21  entity.properties.updated_at
  .body.event.occurred_at[:19] + "Z"  "2026-03-02T09:20:31Z"
    .body.event.occurred_at[:19]      "2026-03-02T09:20:31"
mappings/pagerdutyMapper/webhook.yaml:54:25  entity.properties.conference_url
  .body.event.data.conference_bridge.conference_url  null  "https://meet.example.com/inc-room" or null
    .body.event.data.conference_bridge               null  object or null  ← null here
mappings/pagerdutyMapper/webhook.yaml:57:11  entity.properties.conference_number
  .body.event.data.conference_bridge.conference_number | if . == null then null else tostring end
  =                                                       null  "+1 555-010-0199,,987654321#" or null
    .body.event.data.conference_bridge.conference_number  null  "+1 555-010-0199,,987654321#" or null
      .body.event.data.conference_bridge                  null  object or null  ← null here
    if . == null then null else tostring end              null  "+1 555-010-0199,,987654321#" or null
      if . == null                                        true
      then null                                           null
mappings/pagerdutyMapper/webhook.yaml:58:22  entity.properties.merged_into
  .body.event.data.resolve_reason.incident.html_url  null  string or null
    .body.event.data.resolve_reason                  null  object or null  ← null here
entity.relations.pagerdutyService    .body.event.data.service.id                 "PICTP7M"

mappings[3] → pagerdutyIncident  stopped by its filter
mappings/pagerdutyMapper/webhook.yaml:66:13  filter
  .body.event.event_type == "incident.resolved" or .body.event.event_type == "incident.reopened"
  =                                                false
    .body.event.event_type == "incident.resolved"  false
      .body.event.event_type                       "incident.triggered"
    .body.event.event_type == "incident.reopened"  false
      .body.event.event_type                       "incident.triggered"

mappings/pagerdutyMapper/webhook.yaml:77:26  security.requestIdentifierPath
  .body.event.id  "01GZ2IT4PIQKL9ER6OY4Z908GL"

$ portside explain pagerdutyMapper incident.annotated --expression properties.priority
mappings[2] → pagerdutyIncident  stopped by its filter
mappings/pagerdutyMapper/webhook.yaml:35:13  filter
  .body.event.data.type == "incident"  false
    .body.event.data.type              "incident_note"

$ portside explain pagerdutyMapper --expression properties.url
mappings[0] → pagerdutyService  3 of 60 known deliveries pass its filter
mappings/pagerdutyMapper/webhook.yaml:20:11  entity.properties.url
  .body.event.data.html_url | if . == null then null else split("/services/") | join("/service-directory/") end
  =                                                                           a string
    .body.event.data.html_url                                                 a string
    if . == null then null else split("/services/") | join("/service-direct…  a string
      if . == null                                                            false
      then null                                                               ← no known delivery gets here
      else split("/services/") | join("/service-directory/")                  a string
        split("/services/")                                                   a list of strings
        join("/service-directory/")                                           a string

mappings[2] → pagerdutyIncident  28 of 60 known deliveries pass its filter
mappings/pagerdutyMapper/webhook.yaml:44:14  entity.properties.url
  .body.event.data.html_url  a string

$ sed -i -e 's/event.data.title/event.data.titel/' -e 's/priority: .body.event.data.priority.summary/priority: .body.event.data.resolve_reason.type | ascii_upcase/' -e 's/number: .body.event.data.number/number: .body.event.dataif .number == 1 then/' mappings/pagerdutyMapper/webhook.yaml

$ portside explain pagerdutyMapper incident.triggered --expression title
mappings[0] → pagerdutyService  stopped by its filter
mappings/pagerdutyMapper/webhook.yaml:13:13  filter
  .body.event.data.type == "service" and .body.event.event_type != "service.deleted"
  =                                     false
    .body.event.data.type == "service"  false
      .body.event.data.type             "incident"

mappings[2] → pagerdutyIncident
mappings/pagerdutyMapper/webhook.yaml:38:14  entity.title
  .body.event.data.titel  null  ← there is no 'titel'; did you mean 'title'?

$ portside explain pagerdutyMapper incident.triggered --expression properties.priority
mappings[2] → pagerdutyIncident
mappings/pagerdutyMapper/webhook.yaml:42:19  entity.properties.priority
  .body.event.data.resolve_reason.type | ascii_upcase  failed                                  "MERGE_RESOLVE_REASON"
    .body.event.data.resolve_reason.type               null                                    "merge_resolve_reason" or null
      .body.event.data.resolve_reason                  null                                    object or null  ← null here
    ascii_upcase                                       failed: explode input must be a string  "MERGE_RESOLVE_REASON"

$ portside explain pagerdutyMapper incident.triggered --expression properties.number
mappings[2] → pagerdutyIncident
mappings/pagerdutyMapper/webhook.yaml:43:17  entity.properties.number
  .body.event.dataif .number == 1 then
  does not compile: 'then' has no 'if': it stands at the end of '.dataif'
    a `|` is missing: `.data | if …`

$ portside explain pagerdutyHistory incidents~page1 --expression properties.assignees -v
mappings[1] → pagerdutyIncident  4 items
item 0
mappings/pagerdutyHistory/webhook.yaml:35:21  entity.properties.assignees  (closure)
  [.item.assignments[].assignee | .summary // .id]  []
    .item.assignments[].assignee                    nothing  an object
      .item.assignments[]                           nothing  an object  ← it is empty
item 1
mappings/pagerdutyHistory/webhook.yaml:35:21  entity.properties.assignees  (closure)
  [.item.assignments[].assignee | .summary // .id]  []
    .item.assignments[].assignee                    nothing  an object
      .item.assignments[]                           nothing  an object  ← it is empty
item 2
mappings/pagerdutyHistory/webhook.yaml:35:21  entity.properties.assignees  (closure)
  [.item.assignments[].assignee | .summary // .id]  ["Chidi Okafor"]
    .item.assignments[].assignee                    {"id": "POUN879", "type": "user_reference", "summary": "Chi…
    .summary // .id                                 "Chidi Okafor"
      .summary                                      "Chidi Okafor"
and 1 more item

$ portside explain pagerdutyMapper mappings/pagerdutyMapper/cases/service.deleted.json --expression mappings[1].entity.identifier
mappings[1] deletes pagerdutyService
mappings/pagerdutyMapper/webhook.yaml:31:19  entity.identifier
  .body.event.data.id  "P4FHUI4"

$ portside explain pagerdutyMaper
Error: there is no webhook 'pagerdutyMaper' in mappings/; there is pagerdutyHistory, pagerdutyMapper
[exit 64]

$ portside explain pagerdutyMapper incident.trigered
Error: there is no file 'incident.trigered', and no case of that name; did you mean 'incident.triggered'?
[exit 64]

$ portside explain pagerdutyMapper lifecycle
Error: there is no file 'lifecycle', and no case of that name; did you mean 'lifecycle/01-incident.triggered'?
[exit 64]

$ portside explain pagerdutyMapper --expression properties.prioriti
Error: webhook 'pagerdutyMapper' has no expression 'properties.prioriti'; did you mean 'properties.priority'?
[exit 64]


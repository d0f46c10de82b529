The project's own files: deliveries that are genuine, forged, repeated, and beside the point.

$ portside send pagerdutyMapper mappings/pagerdutyMapper/cases/incident.triggered.json --store
Error: webhook/pagerdutyMapper is not there; apply it first
[exit 3]

$ portside apply --yes --quiet
Plan: 5 to create, 0 to change, 0 to delete.
Applied 6 of 6. The plan is empty.

$ portside send pagerdutyMapper mappings/pagerdutyMapper/cases/incident.triggered.json --store --quiet
created pagerdutyIncident/Q0ZXY5LR4ATFK8, and with it pagerdutyService/PYZE8K6
accepted as delivery 1

$ portside send pagerdutyMapper mappings/pagerdutyMapper/cases/incident.triggered.json --store --quiet
duplicate as delivery 1: request identifier '01GLRZNB1K2ZV53U68MDGGMAYJ' came before, as delivery 1

$ portside send pagerdutyMapper mappings/pagerdutyMapper/cases/incident.triggered.json --store --quiet -H 'X-PagerDuty-Signature: v1=0000'
refused: the signature in 'x-pagerduty-signature' is not that of this body and secret [invalid_signature]
[exit 3]

$ portside send pagerdutyMapper mappings/pagerdutyMapper/cases/incident.annotated.json --store --quiet
accepted as delivery 2: it changes nothing

$ portside send pagerdutyMapper mappings/pagerdutyMapper/cases/pagey.ping.json --store --quiet
accepted as delivery 3: it changes nothing

$ unset PAGERDUTY_WEBHOOK_SECRET; portside send pagerdutyMapper mappings/pagerdutyMapper/cases/pagey.ping.json --store --quiet
Error: webhook/pagerdutyMapper is signed with ${PAGERDUTY_WEBHOOK_SECRET}, and no such variable is set; set it to its sender's secret
[exit 3]

$ portside send pagerdutyHistory mappings/pagerdutyHistory/cases/incidents~page1.json --store --unsigned --quiet
updated pagerdutyIncident/Q0ZXY5LR4ATFK8
created pagerdutyIncident/QEJMV1W6GNJFB2
created pagerdutyIncident/Q4GK1XQWCA9PGF, and with it pagerdutyService/PICTP7M
created pagerdutyIncident/QMRX47Z68ZQY9T, and with it pagerdutyService/PXTIFNL
accepted as delivery 4

$ portside send pagerdutyMapper mappings/pagerdutyMapper/cases/service.deleted.json
mappings[0] → pagerdutyService  filtered: its filter gives false
  filter  .body.event.data.type == "service" and .body.event.event_type != "service.deleted"
          = false

mappings[1] → pagerdutyService  mapped
  filter             .body.event.data.type == "service" and .body.event.event_type == "service.deleted"
                     = true
  entity.identifier  .body.event.data.id
                     = "P4FHUI4"
  - pagerdutyService/P4FHUI4

mappings[2] → pagerdutyIncident  filtered: its filter gives false
  filter  .body.event.data.type == "incident"
          = false

mappings[3] → pagerdutyIncident  filtered: its filter gives false
  filter  .body.event.event_type == "incident.resolved" or .body.event.event_type == "incident.reopened"
          = false

0 entities to write, 1 to delete.

$ sed -i 's/urgency: .body.event.data.urgency/urgency: .body.event.data | .urgency, .status/' mappings/pagerdutyMapper/webhook.yaml; portside apply --yes --quiet
Plan: 0 to create, 1 to change, 0 to delete.
Applied 1 of 1. The plan is empty.

$ portside send pagerdutyMapper mappings/pagerdutyMapper/cases/incident.delegated.json --store --unsigned | grep -A 1 '^  !'
  ! entity.properties.urgency: this jq gives more than one value, and Port takes the first: "high" [more-values]
    at mappings/pagerdutyMapper/webhook.yaml:41:18

$ sed -i 's/urgency, .status/urgency, .status, .title/' mappings/pagerdutyMapper/webhook.yaml

$ portside send pagerdutyMapper mappings/pagerdutyMapper/cases/incident.escalated.json --store --unsigned | grep -A 1 '^  !'
  ! entity.properties.urgency: this jq gives more than one value, and Port takes the first: "high" [more-values]


$ sed -i -e 's/priority: .body.event.data.priority.summary/priority: .body.event.data.status | tonumber/' -e 's/number: .body.event.data.number/number: .body.event.data.number |/' mappings/pagerdutyMapper/webhook.yaml

$ portside send pagerdutyMapper mappings/pagerdutyMapper/cases/incident.triggered.json | grep -A 1 '^  !'
  ! entity.properties.urgency: this jq gives more than one value, and Port takes the first: "high" [more-values]
    at mappings/pagerdutyMapper/webhook.yaml:41:18
  ! entity.properties.priority: this jq fails: string ("triggered") cannot be parsed as a number [jq-error]
    at mappings/pagerdutyMapper/webhook.yaml:42:19
  ! entity.properties.number: this jq does not compile: the expression ends after '|' [jq-syntax]
    at mappings/pagerdutyMapper/webhook.yaml:43:17

$ portside send pagerdutyMapper mappings/pagerdutyMapper/cases/service.deleted.json -v
mappings[0] → pagerdutyService  filtered: its filter gives false
  filter  .body.event.data.type == "service" and .body.event.event_type != "service.deleted"  (closure)
          = false

mappings[1] → pagerdutyService  mapped
  filter             .body.event.data.type == "service" and .body.event.event_type == "service.deleted"  (closure)
                     = true
  entity.identifier  .body.event.data.id  (closure)
                     = "P4FHUI4"
  - pagerdutyService/P4FHUI4

mappings[2] → pagerdutyIncident  filtered: its filter gives false
  filter  .body.event.data.type == "incident"  (closure)
          = false

mappings[3] → pagerdutyIncident  filtered: its filter gives false
  filter  .body.event.event_type == "incident.resolved" or .body.event.event_type == "incident.reopened"  (closure)
          = false

0 entities to write, 1 to delete.


The project's own files: what came to the webhooks stays readable, and can be carried out again.

$ portside deliveries
No deliveries.

$ portside apply --yes --quiet
Plan: 5 to create, 0 to change, 0 to delete.
Applied 6 of 6. The plan is empty.

$ portside deliveries
No deliveries.

$ portside send pagerdutyMapper mappings/pagerdutyMapper/cases/incident.triggered.json --store --quiet
created pagerdutyIncident/Q0ZXY5LR4ATFK8, and with it pagerdutyService/PYZE8K6
accepted as delivery 1

$ portside send pagerdutyMapper mappings/pagerdutyMapper/cases/pagey.ping.json --store --quiet
accepted as delivery 2: it changes nothing

$ sed -i 's/urgency: .body.event.data.urgency/urgency: .body.event.data | .urgency, .status/' mappings/pagerdutyMapper/webhook.yaml; portside apply --yes --quiet
Plan: 0 to create, 1 to change, 0 to delete.
Applied 1 of 1. The plan is empty.

$ portside send pagerdutyMapper mappings/pagerdutyMapper/cases/incident.delegated.json --store --unsigned --quiet
updated pagerdutyIncident/Q0ZXY5LR4ATFK8
accepted as delivery 3

$ portside deliveries
     3  <time>  pagerdutyMapper  accepted: 1 updated, 1 swallowed (more-values)
     2  <time>  pagerdutyMapper  accepted: nothing, 4 filtered
     1  <time>  pagerdutyMapper  accepted: 1 created

$ portside deliveries list --webhook pagerdutyHistory --status failed
No deliveries.

$ portside deliveries list --limit 1 --format json
{
  "portside": "deliveries/1",
  "deliveries": [
    {
      "id": 3,
      "webhook": "pagerdutyMapper",
      "receivedAt": "<time>",
      "requestIdentifier": "01GUO1FF0QKZBKVIKHSW33UISC",
      "status": "accepted",
      "outcome": {
        "mappings": [
          {
            "index": 0,
            "blueprint": "pagerdutyService",
            "verdict": "filtered",
            "items": 1,
            "mapped": 0,
            "because": "its filter gives false"
          },
          {
            "index": 1,
            "blueprint": "pagerdutyService",
            "verdict": "filtered",
            "items": 1,
            "mapped": 0,
            "because": "its filter gives false"
          },
          {
            "index": 2,
            "blueprint": "pagerdutyIncident",
            "verdict": "mapped",
            "items": 1,
            "mapped": 1,
            "because": ""
          },
          {
            "index": 3,
            "blueprint": "pagerdutyIncident",
            "verdict": "filtered",
            "items": 1,
            "mapped": 0,
            "because": "its filter gives false"
          }
        ],
        "swallowed": [
          {
            "route": [
              "mappings",
              2,
              "entity",
              "properties",
              "urgency"
            ],
            "code": "more-values",
            "message": "this jq gives more than one value, and Port takes the first: \"high\"",
            "item": null
          }
        ],
        "entities": [
          {
            "blueprint": "pagerdutyIncident",
            "identifier": "Q0ZXY5LR4ATFK8",
            "effect": "updated",
            "also": []
          }
        ],
        "failures": []
      }
    }
  ]
}

$ portside deliveries show 1 | head -20
1  <time>  pagerdutyMapper  accepted: 1 created
  request identifier  01GLRZNB1K2ZV53U68MDGGMAYJ
  mappings[0] → pagerdutyService  filtered: its filter gives false
  mappings[1] → pagerdutyService  filtered: its filter gives false
  mappings[2] → pagerdutyIncident  mapped
  mappings[3] → pagerdutyIncident  filtered: its filter gives false
  created pagerdutyIncident/Q0ZXY5LR4ATFK8, and with it pagerdutyService/PYZE8K6

Its expressions, evaluated with the webhook as it is now:

mappings[0] → pagerdutyService  filtered: its filter gives false
  filter  .body.event.data.type == "service" and .body.event.event_type != "service.deleted"
          = false

mappings[1] → pagerdutyService  filtered: its filter gives false
  filter  .body.event.data.type == "service" and .body.event.event_type == "service.deleted"
          = false

mappings[2] → pagerdutyIncident  mapped
  filter                               .body.event.data.type == "incident"

$ portside deliveries show 3 | grep -A 1 '!'
  ! mappings[2].entity.properties.urgency: this jq gives more than one value, and Port takes the first: "high" [more-values]

--
  filter  .body.event.data.type == "service" and .body.event.event_type != "service.deleted"
          = false
--
  ! entity.properties.urgency: this jq gives more than one value, and Port takes the first: "high" [more-values]


$ portside deliveries replay 1
updated pagerdutyIncident/Q0ZXY5LR4ATFK8
accepted as delivery 4

$ portside deliveries replay 1 --format json
{
  "portside": "replay/1",
  "replayOf": 1,
  "delivery": 5,
  "status": "accepted",
  "because": "",
  "reason": "",
  "entities": [
    {
      "blueprint": "pagerdutyIncident",
      "identifier": "Q0ZXY5LR4ATFK8",
      "effect": "unchanged",
      "also": []
    }
  ],
  "failures": []
}

$ portside deliveries --root . list --limit 2
     5  <time>  pagerdutyMapper  accepted: 1 unchanged, 1 swallowed (more-values), replay of 1
     4  <time>  pagerdutyMapper  accepted: 1 updated, 1 swallowed (more-values), replay of 1

$ portside deliveries list --limit 1 --root . --catalog local
     5  <time>  pagerdutyMapper  accepted: 1 unchanged, 1 swallowed (more-values), replay of 1

$ portside deliveries --format json show 5 | head -4
{
  "portside": "delivery/1",
  "delivery": {
    "id": 5,

$ portside deliveries show 99
Error: there is no delivery 99 in catalog 'local'
[exit 3]

$ portside deliveries replay 99
Error: there is no delivery 99
[exit 3]

$ portside deliveries show first
Error: Invalid value for 'ID': 'first' is not a valid integer range; 'portside deliveries show --help' shows what it takes
[exit 64]


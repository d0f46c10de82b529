The seed: a mapping of 2023 with its blueprints. PagerDuty declares the pages it reads, and everything it looks for there is in them.

$ portside validate
catalog/blueprints/microservice.json:18:63: warning: {{identifier}} is a template, which Port no longer fills in: this calculation gives null [legacy-template]
    'https://api.pagerduty.com/services/' + {{identifier}}
                                            ^
    today's form: 'https://api.pagerduty.com/services/' + .identifier
catalog/blueprints/pagerdutyIncident.json:20:7: warning: property 'escalation_policy' stays empty: the mapping does not fill it, and it has no default [never-filled]
    map it, or take it out
mappings/pagerdutyMapper/webhook.json:19:27: warning: relation 'microservice' holds many, and mapping 1 gives it one id, which Port wraps [many-fed-one]
    say so: [.item.service.id]
mappings/pagerdutyMapper/webhook.json:29:15: warning: the secret itself stands here, as 'security.secret' of the webhook [literal-secret]
    write its name, such as ${PORTSIDE_SECRET_PAGERDUTYMAPPER}, and keep its value in the environment; it is read as that name
4 warnings in 2 blueprints and 1 webhook.

=== catalog/blueprints/microservice.json
{
  "identifier": "microservice",
  "title": "Microservice",
  "icon": "Service",
  "schema": {
    "properties": {
      "incidents": {
        "type": "string",
        "title": "Incident Status"
      }
    },
    "required": []
  },
  "mirrorProperties": {},
  "calculationProperties": {
    "serviceURL": {
      "title": "Service URL",
      "calculation": "'https://api.pagerduty.com/services/' + {{identifier}}",
      "type": "string",
      "format": "url"
    }
  },
  "relations": {}
}

=== catalog/blueprints/pagerdutyIncident.json
{
  "identifier": "pagerdutyIncident",
  "description": "This blueprint represents a PagerDuty incident in our software catalog",
  "title": "PagerDuty Incident",
  "icon": "pagerduty",
  "schema": {
    "properties": {
      "status": {
        "type": "string",
        "title": "Incident Status"
      },
      "details": {
        "type": "string",
        "title": "Details"
      },
      "responder": {
        "type": "string",
        "title": "Assignee"
      },
      "escalation_policy": {
        "type": "string",
        "title": "Escalation Policy"
      }
    },
    "required": []
  },
  "mirrorProperties": {},
  "calculationProperties": {},
  "relations": {
    "microservice": {
      "title": "Belongs To",
      "target": "microservice",
      "required": false,
      "many": true
    }
  }
}

=== mappings/pagerdutyMapper/webhook.json
{
  "identifier": "pagerdutyMapper",
  "title": "PagerDuty Mapper",
  "description": "A webhook configuration to map PagerDuty services and its related incidents to Port",
  "icon": "pagerduty",
  "mappings": [
    {
      "blueprint": "pagerdutyIncident",
      "itemsToParse": ".body.incidents",
      "entity": {
        "identifier": ".item.id",
        "title": ".item.title",
        "properties": {
          "status": ".item.status",
          "details": ".item.description",
          "responder": ".item.escalation_policy.summary"
        },
        "relations": {
          "microservice": ".item.service.id"
        }
      }
    }
  ],
  "enabled": true,
  "security": {
    "signatureHeaderName": "X-Pagerduty-Signature",
    "signatureAlgorithm": "sha256",
    "signaturePrefix": "v1=",
    "secret": "pagerduty"
  }
}

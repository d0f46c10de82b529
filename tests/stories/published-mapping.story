The PagerDuty mapping as Port's guide publishes it, beside the guide's own blueprints. Not a single delivery was kept: what PagerDuty's documents say of its events is enough to see what each expression would make of them.

$ portside validate
mappings/pagerduty_history_mapper/webhook.json:8:20: mapping 1 writes to blueprint 'microservice', which is not in this catalog [mapped-blueprint]
mappings/pagerduty_history_mapper/webhook.json:33:11: mapping 2 fills 'details', which is not a property of blueprint 'pagerdutyIncident' [mapped-property]
mappings/pagerduty_history_mapper/webhook.json:36:11: mapping 2 fills 'responder', which is not a property of blueprint 'pagerdutyIncident' [mapped-property]
mappings/pagerduty_history_mapper/webhook.json:40:11: mapping 2 fills relation 'microservice', which is not a relation of blueprint 'pagerdutyIncident' [mapped-relation]
    its only relation is 'pagerdutyService'
mappings/pagerduty_mapper/webhook.json:8:20: mapping 1 writes to blueprint 'microservice', which is not in this catalog [mapped-blueprint]
mappings/pagerduty_mapper/webhook.json:9:18: warning: service.custom_field_values.updated passes this filter, but its data is a service_field_values: it has no id, so nothing is written [event-resource]
    .body.event.event_type | startswith("service")
    ^
    filter on `.body.event.data.type == "service"`
mappings/pagerduty_mapper/webhook.json:14:39: warning: `.body.event.data.status` is in no known delivery, so this is null [unknown-path]
    .body.event.data.status
                     ^
    PagerDuty's service.created has there: id, self, html_url, summary, alert_creation, teams, type
mappings/pagerduty_mapper/webhook.json:16:39: warning: `.body.event.data.__oncall_user` is in no known delivery, so this fails: Cannot iterate over null (null) [unknown-path]
    .body.event.data.__oncall_user[] | select(.escalation_level == 1) | .user.email
                     ^
    PagerDuty's service.created has there: id, self, html_url, summary, alert_creation, teams, type
mappings/pagerduty_mapper/webhook.json:17:49: warning: `.body.event.data.__oncall_user` is in no known delivery, so this fails: Cannot iterate over null (null) [unknown-path]
    .body.event.data.__oncall_user | map(.escalation_level) | unique | length
                     ^
    PagerDuty's service.created has there: id, self, html_url, summary, alert_creation, teams, type
mappings/pagerduty_mapper/webhook.json:18:53: warning: `.body.event.data.__analytics` is in no known delivery, so this is null [unknown-path]
    .body.event.data.__analytics.mean_seconds_to_resolve
                     ^
    PagerDuty's service.created has there: id, self, html_url, summary, alert_creation, teams, type
mappings/pagerduty_mapper/webhook.json:19:54: warning: `.body.event.data.__analytics` is in no known delivery, so this is null [unknown-path]
    .body.event.data.__analytics.mean_seconds_to_first_ack
                     ^
    PagerDuty's service.created has there: id, self, html_url, summary, alert_creation, teams, type
mappings/pagerduty_mapper/webhook.json:20:52: warning: `.body.event.data.__analytics` is in no known delivery, so this is null [unknown-path]
    .body.event.data.__analytics.mean_seconds_to_engage
                     ^
    PagerDuty's service.created has there: id, self, html_url, summary, alert_creation, teams, type
mappings/pagerduty_mapper/webhook.json:26:18: warning: incident.annotated passes this filter, but its data is an incident_note: the entity would carry the note's id [event-resource]
    .body.event.event_type | startswith("incident")
    ^
    filter on `.body.event.data.type == "incident"`
    so it is with incident.status_update_published, incident.responder.added, incident.responder.replied, incident.conference_bridge.updated, incident.custom_field_values.updated and 9 more
mappings/pagerduty_mapper/webhook.json:34:42: warning: `.body.event.data.assignments` is in no known delivery, so this fails: Cannot iterate over null (null) [unknown-path]
    .body.event.data.assignments | map(.assignee.email)
                     ^
    did you mean `assignees`?
    PagerDuty's incident.triggered has there: id, self, html_url, number, status, incident_key, created_at, reopened_at, title, service, assignees, escalation_policy and 7 more
mappings/pagerduty_mapper/webhook.json:37:43: warning: `.body.event.data.updated_at` is in no known delivery, so this is null [unknown-path]
    .body.event.data.updated_at
                     ^
    PagerDuty's incident.triggered has there: id, self, html_url, number, status, incident_key, created_at, reopened_at, title, service, assignees, escalation_policy and 7 more
mappings/pagerduty_mapper/webhook.json:38:40: this jq does not compile: 'then' has no 'if': it stands at the end of '.dataif' [jq-syntax]
    .body.event.dataif .priority != null then .priority.summary else null end
                    ^
    a `|` is missing: `.data | if …`
mappings/pagerduty_mapper/webhook.json:39:44: warning: `.body.event.data.description` is in no known delivery, so this is null [unknown-path]
    .body.event.data.description
                     ^
    PagerDuty's incident.triggered has there: id, self, html_url, number, status, incident_key, created_at, reopened_at, title, service, assignees, escalation_policy and 7 more
mappings/pagerduty_mapper/webhook.json:42:11: mapping 2 fills relation 'microservice', which is not a relation of blueprint 'pagerdutyIncident' [mapped-relation]
    its only relation is 'pagerdutyService'
7 errors, 11 warnings in 2 blueprints and 2 webhooks.
[exit 1]

=== catalog/blueprints/pagerdutyService.json
{
  "identifier": "pagerdutyService",
  "description": "This blueprint represents a PagerDuty service in our software catalog",
  "title": "PagerDuty Service",
  "icon": "pagerduty",
  "schema": {
    "properties": {
      "status": {
        "title": "Status",
        "type": "string",
        "enum": [
          "active",
          "warning",
          "critical",
          "maintenance",
          "disabled"
        ],
        "enumColors": {
          "active": "green",
          "warning": "yellow",
          "critical": "red",
          "maintenance": "lightGray",
          "disabled": "darkGray"
        }
      },
      "url": {
        "title": "URL",
        "type": "string",
        "format": "url"
      },
      "oncall": {
        "title": "On Call",
        "type": "string",
        "format": "user"
      },
      "escalationLevels": {
        "title": "Escalation Levels",
        "type": "number"
      },
      "meanSecondsToResolve": {
        "title": "Mean Seconds to Resolve",
        "type": "number"
      },
      "meanSecondsToFirstAck": {
        "title": "Mean Seconds to First Acknowledge",
        "type": "number"
      },
      "meanSecondsToEngage": {
        "title": "Mean Seconds to Engage",
        "type": "number"
      }
    },
    "required": []
  },
  "mirrorProperties": {},
  "calculationProperties": {},
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
        "title": "Incident Status",
        "enum": [
          "triggered",
          "annotated",
          "acknowledged",
          "reassigned",
          "escalated",
          "reopened",
          "resolved"
        ],
        "enumColors": {
          "triggered": "red",
          "annotated": "blue",
          "acknowledged": "yellow",
          "reassigned": "blue",
          "escalated": "yellow",
          "reopened": "red",
          "resolved": "green"
        }
      },
      "url": {
        "type": "string",
        "format": "url",
        "title": "Incident URL"
      },
      "urgency": {
        "title": "Incident Urgency",
        "type": "string",
        "enum": [
          "high",
          "low"
        ],
        "enumColors": {
          "high": "red",
          "low": "green"
        }
      },
      "priority": {
        "type": "string",
        "title": "Priority",
        "enum": [
          "P1",
          "P2",
          "P3",
          "P4",
          "P5"
        ],
        "enumColors": {
          "P1": "red",
          "P2": "yellow",
          "P3": "blue",
          "P4": "lightGray",
          "P5": "darkGray"
        }
      },
      "description": {
        "type": "string",
        "title": "Description"
      },
      "assignees": {
        "title": "Assignees",
        "type": "array",
        "items": {
          "type": "string",
          "format": "user"
        }
      },
      "escalation_policy": {
        "type": "string",
        "title": "Escalation Policy"
      },
      "created_at": {
        "title": "Create At",
        "type": "string",
        "format": "date-time"
      },
      "updated_at": {
        "title": "Updated At",
        "type": "string",
        "format": "date-time"
      }
    },
    "required": []
  },
  "mirrorProperties": {},
  "calculationProperties": {},
  "relations": {
    "pagerdutyService": {
      "title": "PagerDuty Service",
      "target": "pagerdutyService",
      "required": false,
      "many": true
    }
  }
}

=== mappings/pagerduty_mapper/webhook.json
{
  "identifier": "pagerduty_mapper",
  "title": "PagerDuty Mapper",
  "icon": "Pagerduty",
  "enabled": true,
  "mappings": [
    {
      "blueprint": "microservice",
      "filter": ".body.event.event_type | startswith(\"service\")",
      "entity": {
        "identifier": ".body.event.data.id",
        "title": ".body.event.data.summary",
        "properties": {
          "status": ".body.event.data.status",
          "url": ".body.event.data.html_url",
          "oncall": ".body.event.data.__oncall_user[] | select(.escalation_level == 1) | .user.email",
          "escalationLevels": ".body.event.data.__oncall_user | map(.escalation_level) | unique | length",
          "meanSecondsToResolve": ".body.event.data.__analytics.mean_seconds_to_resolve",
          "meanSecondsToFirstAck": ".body.event.data.__analytics.mean_seconds_to_first_ack",
          "meanSecondsToEngage": ".body.event.data.__analytics.mean_seconds_to_engage"
        }
      }
    },
    {
      "blueprint": "pagerdutyIncident",
      "filter": ".body.event.event_type | startswith(\"incident\")",
      "entity": {
        "identifier": ".body.event.data.id",
        "title": ".body.event.data.title",
        "properties": {
          "status": ".body.event.data.status",
          "url": ".body.event.data.html_url",
          "urgency": ".body.event.data.urgency",
          "assignees": ".body.event.data.assignments | map(.assignee.email)",
          "escalation_policy": ".body.event.data.escalation_policy.summary",
          "created_at": ".body.event.data.created_at",
          "updated_at": ".body.event.data.updated_at",
          "priority": ".body.event.dataif .priority != null then .priority.summary else null end",
          "description": ".body.event.data.description"
        },
        "relations": {
          "microservice": ".body.event.data.service.id"
        }
      }
    }
  ],
  "security": {
    "secret": "${PAGERDUTY_WEBHOOK_SECRET}",
    "signatureHeaderName": "X-Pagerduty-Signature",
    "signatureAlgorithm": "sha256",
    "signaturePrefix": "v1="
  }
}

=== mappings/pagerduty_history_mapper/webhook.json
{
  "identifier": "pagerduty_history_mapper",
  "title": "PagerDuty History Mapper",
  "icon": "Pagerduty",
  "enabled": true,
  "mappings": [
    {
      "blueprint": "microservice",
      "filter": ".body.event.event_type | startswith(\"service\")",
      "entity": {
        "identifier": ".body.event.data.identifier",
        "title": ".body.event.data.title",
        "properties": {
          "status": ".body.event.data.properties.status",
          "url": ".body.event.data.properties.html_url",
          "oncall": ".body.event.data.properties.__oncall_user[] | select(.escalation_level == 1) | .user.email",
          "escalationLevels": ".body.event.data.properties.__oncall_user | map(.escalation_level) | unique | length",
          "meanSecondsToResolve": ".body.event.data.properties.__analytics.mean_seconds_to_resolve",
          "meanSecondsToFirstAck": ".body.event.data.properties.__analytics.mean_seconds_to_first_ack",
          "meanSecondsToEngage": ".body.event.data.properties.__analytics.mean_seconds_to_engage"
        }
      }
    },
    {
      "blueprint": "pagerdutyIncident",
      "filter": ".body.event.event_type | startswith(\"incident\")",
      "entity": {
        "identifier": ".body.event.data.identifier",
        "title": ".body.event.data.title",
        "properties": {
          "status": ".body.event.data.properties.status",
          "url": ".body.event.data.properties.url",
          "details": ".body.event.data.properties.details",
          "priority": ".body.event.data.properties.priority",
          "urgency": ".body.event.data.properties.urgency",
          "responder": ".body.event.data.properties.responder",
          "escalation_policy": ".body.event.data.properties.escalation_policy"
        },
        "relations": {
          "microservice": ".body.event.data.relations.microservice"
        }
      }
    }
  ],
  "security": {
    "secret": "${PAGERDUTY_WEBHOOK_SECRET}",
    "signatureHeaderName": "X-Pagerduty-Signature",
    "signatureAlgorithm": "sha256",
    "signaturePrefix": "v1="
  }
}

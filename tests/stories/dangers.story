What would be lost has a name, is counted in entities, and is refused until it is allowed by that name.

$ portside apply --yes --quiet
Plan: 2 to create, 0 to change, 0 to delete.
Applied 2 of 2. The plan is empty.

$ portside send seats seat.json --store --quiet
created seat/12A
accepted as delivery 1

=== catalog/blueprints/seat.yaml
identifier: seat
title: Seat
schema:
  properties:
    row: {type: number}
    class: {type: string, enum: [first]}
    window: {type: boolean}
  required: [window]
$ portside plan
1 warning in the files. 'portside validate' shows them.
~ blueprint/seat
    - schema.properties.class.enum[1]: "second"
    - schema.properties.unused: {"type": "string"}
    + schema.properties.window: {"type": "boolean"}
    + schema.required[0]: "window"

narrows-enum blueprint/seat.class: no longer second; 1 of 1 entity has a value that no longer fits; to go on: --allow narrows-enum:blueprint/seat.class
new-required-property blueprint/seat.window: 1 of 1 entity lacks it; to go on: --allow new-required-property:blueprint/seat.window

removes-property blueprint/seat.unused: no entity has a value

Plan: 0 to create, 1 to change, 0 to delete.
Error: this plan is refused: narrows-enum blueprint/seat.class, no longer second; 1 of 1 entity has a value that no longer fits (and 1 more); to go on: --allow narrows-enum:blueprint/seat.class --allow new-required-property:blueprint/seat.window
[exit 1]

$ portside plan --allow narrows-enum --allow new-required-property:blueprint/seat
1 warning in the files. 'portside validate' shows them.
~ blueprint/seat
    - schema.properties.class.enum[1]: "second"
    - schema.properties.unused: {"type": "string"}
    + schema.properties.window: {"type": "boolean"}
    + schema.required[0]: "window"

narrows-enum blueprint/seat.class: no longer second; 1 of 1 entity has a value that no longer fits; allowed
new-required-property blueprint/seat.window: 1 of 1 entity lacks it; allowed

removes-property blueprint/seat.unused: no entity has a value

Plan: 0 to create, 1 to change, 0 to delete.

$ portside plan --allow removes-everything
1 warning in the files. 'portside validate' shows them.
Error: --allow removes-everything: there is no danger 'removes-everything'; did you mean 'removes-relation'; they are deletes-blueprint, deletes-webhook, removes-property, removes-relation, removes-aggregation, changes-type, changes-format, narrows-enum, narrows-values, new-required-property, new-required-relation, many-to-one, retargets-relation, empties-scope
[exit 64]

$ portside plan --allow narrows-enum:seat
1 warning in the files. 'portside validate' shows them.
Error: --allow narrows-enum:seat: 'seat' is not KIND/IDENTIFIER, such as blueprint/service
[exit 64]

=== catalog/blueprints/seat.yaml
identifier: seat
title: Seat
schema:
  properties:
    row: {type: number}
    class: {type: string, enum: [first, second]}
$ portside apply --yes
~ blueprint/seat
    - schema.properties.unused: {"type": "string"}

removes-property blueprint/seat.unused: no entity has a value

Plan: 0 to create, 1 to change, 0 to delete.
[1/1] ~ blueprint/seat
Applied 1 of 1. The plan is empty.

=== catalog/blueprints/seat.yaml
identifier: seat
title: Seat
schema:
  properties:
    row: {type: string}
    class: {type: string, enum: [first, second]}
$ portside plan
~ blueprint/seat
    ~ schema.properties.row.type: "number" → "string"

in this order:
  1. ~ blueprint/seat  (drops row; a property's type cannot be changed in place)
  2. ~ blueprint/seat  (adds row)

changes-type blueprint/seat.row: number → string; 1 of 1 entity has a value; to go on: --allow changes-type:blueprint/seat.row

Plan: 0 to create, 1 to change, 0 to delete.
Error: this plan is refused: changes-type blueprint/seat.row, number → string; 1 of 1 entity has a value; to go on: --allow changes-type:blueprint/seat.row
[exit 1]

$ portside apply --yes --allow changes-type:blueprint/seat.row
~ blueprint/seat
    ~ schema.properties.row.type: "number" → "string"

in this order:
  1. ~ blueprint/seat  (drops row; a property's type cannot be changed in place)
  2. ~ blueprint/seat  (adds row)

changes-type blueprint/seat.row: number → string; 1 of 1 entity has a value; allowed

Plan: 0 to create, 1 to change, 0 to delete.
[1/2] ~ blueprint/seat  (drops row; a property's type cannot be changed in place)
[2/2] ~ blueprint/seat  (adds row)
Applied 2 of 2. The plan is empty.

$ portside entities
seat/12A
    class: second
1 entity.

=== catalog/blueprints/seat.yaml
identifier: seat
title: Seat
schema:
  properties:
    row: {type: number}
    class: {type: string, enum: [first, second]}
    unused: {type: string}
=== mappings/seats/webhook.yaml
identifier: seats
title: Seats
enabled: true
mappings:
  - blueprint: seat
    entity:
      identifier: .body.id
      properties:
        row: .body.row
        class: .body.class
=== seat.json
{"id": "12A", "row": 12, "class": "second"}

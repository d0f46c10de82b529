Unwritten is not unwanted: what is live and not in the files is only listed, until --prune, and only inside the scope.

$ portside apply --yes --quiet
Plan: 3 to create, 0 to change, 0 to delete.
Applied 3 of 3. The plan is empty.

$ rm catalog/blueprints/b.yaml

$ portside plan
unmanaged: blueprint/b (live, not in the files)

No changes.

$ portside plan --prune
- blueprint/b

deletes-blueprint blueprint/b: it has no entities

Plan: 0 to create, 0 to change, 1 to delete.

$ portside apply --prune --yes --allow deletes-blueprint:blueprint/b
- blueprint/b

deletes-blueprint blueprint/b: it has no entities

Plan: 0 to create, 0 to change, 1 to delete.
[1/1] - blueprint/b
Applied 1 of 1. The plan is empty.

$ rm catalog/blueprints/a.yaml

$ portside plan --prune --allow deletes-blueprint
- blueprint/a

empties-scope blueprint: the only blueprint in scope; a broken checkout looks just like it; to go on: --allow empties-scope:blueprint

deletes-blueprint blueprint/a: it has no entities

Plan: 0 to create, 0 to change, 1 to delete.
Error: this plan is refused: empties-scope blueprint, the only blueprint in scope; a broken checkout looks just like it; to go on: --allow empties-scope:blueprint
[exit 1]

$ rm -r catalog/blueprints

$ portside plan --prune --allow deletes-blueprint
- blueprint/a

empties-scope blueprint: the only blueprint in scope; a broken checkout looks just like it; to go on: --allow empties-scope:blueprint

deletes-blueprint blueprint/a: it has no entities

unmanaged: blueprint/other (live, not in the files)

Plan: 0 to create, 0 to change, 1 to delete; 1 unmanaged.
Error: this plan is refused: empties-scope blueprint, the only blueprint in scope; a broken checkout looks just like it; to go on: --allow empties-scope:blueprint
[exit 1]

$ rmdir catalog

$ portside plan --prune --allow deletes-blueprint
Error: this folder has neither catalog/ nor mappings/: run portside where your catalog is, or name its folder with --root
[exit 64]

=== catalog/blueprints/a.yaml
{identifier: a, title: A, schema: {properties: {}}}
=== catalog/blueprints/b.yaml
{identifier: b, title: B, schema: {properties: {}}, relations: {a: {target: a}}}
=== catalog/blueprints/elsewhere.yaml
{identifier: other, title: Other, schema: {properties: {}}}
=== portside.yaml
scope:
  blueprints: [a, b]

#!/bin/sh
# The main job on the embedded catalog, in a folder of its own so that nothing of yours is touched.
set -eu
cd "$(dirname "$0")/.."
demo=.portside/demo
rm -rf "$demo"
mkdir -p "$demo"
cp -R catalog mappings portside.yaml "$demo"
cd "$demo"

# The samples are signed with this; a real one comes from PagerDuty when the webhook is subscribed.
export PAGERDUTY_WEBHOOK_SECRET=WEBHOOK_SECRET

say() { printf '\n\033[1m%s\033[0m\n' "$1"; }
run() { printf '\033[2m$ portside %s\033[0m\n' "$*"; portside "$@"; }
deliver() { run send pagerdutyMapper "mappings/pagerdutyMapper/cases/$1" --store --quiet; }
[ -t 1 ] && [ -z "${NO_COLOR:-}" ] || { say() { printf '\n%s\n' "$1"; }; run() { printf '$ portside %s\n' "$*"; portside "$@"; }; }

say '1. Are the files right?'
run validate
say '2. What would apply do to an empty catalog?'
run plan
say '3. Do it, step by step.'
run apply --yes --quiet
say '4. And again: nothing is left to do.'
run plan
say '5. Does every mapping still do what its goldens say?'
run test
say '6. A whole incident arrives, each delivery signed as PagerDuty signs: a service, triggered, acknowledged, a note, resolved.'
deliver service.updated.json
for delivery in mappings/pagerdutyMapper/cases/lifecycle/*.json; do
    deliver "lifecycle/$(basename "$delivery")"
done
say '7. What came of it (the note became nothing, as it should):'
run entities
say 'Next:'
cat <<END
  see why each value is what it is    portside send pagerdutyMapper mappings/pagerdutyMapper/cases/incident.triggered.json
  break a mapping and see it caught   edit mappings/pagerdutyMapper/webhook.yaml, then: portside validate; portside test
  change a blueprint, plan, apply     edit catalog/blueprints/pagerdutyService.yaml, then: portside plan; portside apply
  what Port itself once published     portside validate --root tests/examples/seed
The command is in $(dirname "$(command -v portside)"); README.md goes on from here.
END

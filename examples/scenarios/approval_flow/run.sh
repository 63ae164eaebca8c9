#!/usr/bin/env bash
# A payment is stopped, a person approves exactly this one, it passes once, and another payment does not.
. "$(dirname -- "$0")/../lib.sh"
decide() {
  local wanted=$1 intent=$2
  shift 2
  expect "$wanted" gate eval --policy "$here/policy.yaml" --intent "$intent" --json --trace-out "trace_$RANDOM$RANDOM.json" "$@"
}
expect 0 keys init --out-dir keys --prefix lead
decide 4 "$here/intent.json"
digest() { sed -n "s/.*\"$1\":\"\([0-9a-f]*\)\".*/\1/p" answer.txt; }
intent=$(digest intent_digest) policy=$(digest policy_digest)
expect 0 approve --intent-digest "$intent" --policy-digest "$policy" --scope tool:pay.send --ttl 10m --single-use \
  --approver dana --reason-code CHG-7 --key-mode prod --private-key keys/lead_private.key --out approval.json
approved=(--approval-token approval.json --approval-public-key keys/lead_public.key)
sed 's/4000/9000/' "$here/intent.json" >other.json
decide 4 other.json "${approved[@]}"
decide 0 "$here/intent.json" "${approved[@]}"
decide 4 "$here/intent.json" "${approved[@]}"
echo "$name scenario: pass"

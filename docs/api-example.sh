#!/bin/sh
# An employer's system at work: posts a draft, sends it again, changes it, is too late once, and closes it.
#
#   ADDRESS=https://first-rung.example KEY=frk_... sh docs/api-example.sh
set -eu
API="${ADDRESS%/}/api/v1"
FOLDER=$(mktemp -d)
trap 'rm -rf "$FOLDER"' EXIT

# call EXPECTED METHOD PATH [curl's arguments]: the answer lies in $FOLDER/body, its headers in $FOLDER/head.
call() {
    expected=$1 method=$2 path=$3
    shift 3
    got=$(curl -sS -o "$FOLDER/body" -D "$FOLDER/head" -w '%{http_code}' -X "$method" "$API$path" \
        -H "Authorization: Bearer $KEY" -H 'Accept: application/json, application/problem+json' \
        -H 'Content-Type: application/json' "$@")
    echo "$method $path: $got"
    if [ "$got" != "$expected" ]; then
        echo "expected $expected:" >&2
        cat "$FOLDER/body" >&2
        exit 1
    fi
}
header() { sed -n "s/^$1: *//Ip" "$FOLDER/head" | tr -d '\r'; }
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$FOLDER/body"; }

NAME="example-$(date +%s)-$$" # one name for each piece of work: sent again after a broken line, it is done once
DRAFT='{"kind": "work-experience", "places": 2, "title": "Three days in our bakery", "postcode": "NG18 1AB",
  "summary": "See how bread is made and try it.", "category": "hospitality-and-food"}'

call 201 POST /drafts/ -H "Idempotency-Key: $NAME" -d "$DRAFT"
ID=$(field id) FIRST=$(header ETag)

call 201 POST /drafts/ -H "Idempotency-Key: $NAME" -d "$DRAFT"
[ "$(field id)" = "$ID" ] || { echo "it was made twice" >&2; exit 1; }

call 200 PATCH "/drafts/$ID/" -H "If-Match: $FIRST" -d '{"bring": "Flat shoes"}'
NOW=$(header ETag)

call 412 PATCH "/drafts/$ID/" -H "If-Match: $FIRST" -d '{"bring": "Boots"}'
call 200 GET "/drafts/$ID/"
[ "$(header ETag)" = "$NOW" ] || { echo "the late change was kept" >&2; exit 1; }

call 200 POST "/drafts/$ID/close/" -H "Idempotency-Key: $NAME-close" -d '{"why": "We found somebody ourselves"}'
[ "$(field state)" = withdrawn ] || { echo "it is not closed" >&2; exit 1; }
echo done

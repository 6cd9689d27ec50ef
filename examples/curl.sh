#!/usr/bin/env bash
# The four dialects with nothing but curl, and what else can be asked of a gateway.
set -euo pipefail

url=${WAYBILL_URL:-http://127.0.0.1:4100}
key=${WAYBILL_KEY:-none}
model=${WAYBILL_MODEL:-demo}
# --fail-with-body: an error status ends the script, and its body is still shown.
post() {
  curl --silent --show-error --fail-with-body -H 'content-type: application/json' "$@"
  echo
}

echo '— OpenAI Chat Completions'
post "$url/v1/chat/completions" -H "authorization: Bearer $key" \
  -d "{\"model\": \"$model\", \"messages\": [{\"role\": \"user\", \"content\": \"Hello!\"}]}"

echo '— OpenAI Responses, streamed: its events, counted'
post --no-buffer "$url/v1/responses" -H "authorization: Bearer $key" \
  -d "{\"model\": \"$model\", \"input\": \"Hello!\", \"stream\": true}" |
  grep '^event: ' | uniq --count

echo '— Anthropic Messages'
post "$url/v1/messages" -H "x-api-key: $key" -H 'anthropic-version: 2023-06-01' \
  -d "{\"model\": \"$model\", \"max_tokens\": 100,
       \"messages\": [{\"role\": \"user\", \"content\": \"Hello!\"}]}"

echo '— Gemini'
post "$url/v1beta/models/$model:generateContent" -H "x-goog-api-key: $key" \
  -d '{"contents": [{"role": "user", "parts": [{"text": "Hello!"}]}]}'

echo '— The decision, in the headers of every reply'
post "$url/v1/chat/completions" -H "authorization: Bearer $key" --output /dev/null --dump-header - \
  -d "{\"model\": \"$model\", \"messages\": [{\"role\": \"user\", \"content\": \"Hello!\"}]}" |
  grep '^x-waybill-'

echo '— Models this key may ask for'
curl --silent --show-error --fail-with-body "$url/v1/models" -H "authorization: Bearer $key"
echo

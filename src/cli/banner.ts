import type { Waybill } from '../compose.ts'
import { formatListen, isLoopback } from '../config/listen.ts'

/** What a person needs after a start: what serves, where, and a first request to copy. */
export function banner(waybill: Waybill, file: string | null): string {
  const { url, zero, listening } = waybill
  const catalog = waybill.catalog()
  const enabled = [...catalog.providers.values()].filter((provider) => provider.enabled)
  const lines = ['', `  Waybill is ready: ${url}`, '']
  if (zero === null) lines.push(`  configuration  ${file}`)
  for (const { provider, variables } of zero?.found ?? []) {
    lines.push(`  ${provider.padEnd(13)}  ${variables.join(', ')}`)
  }
  for (const note of zero?.notes ?? []) lines.push(`  note           ${note}`)
  if (zero?.simulated === true) {
    lines.push(
      '  No provider key is set, so the built-in provider "demo" answers: its replies are simulated.',
      '  Set OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY or another and start again.',
    )
  } else {
    lines.push(`  providers      ${enabled.map(({ id }) => id).join(', ')}`)
  }
  if (!isLoopback(listening.host)) {
    const address = formatListen(listening)
    lines.push(`  listening on   ${address}, where clients send a key: Authorization: Bearer wb-…`)
  }
  const model = firstModel(waybill)
  lines.push(
    '',
    `  OpenAI clients     base URL ${url}/v1`,
    `  Anthropic clients  base URL ${url}`,
    `  Gemini clients     base URL ${url}`,
    `  models             ${url}/v1/models`,
    ...adminLines(waybill.admin),
    '',
    '  A first request:',
    '',
    `  curl ${url}/v1/chat/completions -H 'content-type: application/json' \\`,
    `    -d '{"model": "${model}", "messages": [{"role": "user", "content": "Hello!"}]}'`,
    '',
  )
  return lines.join('\n')
}

/** A new token is shown this once, with what it opens today: there is no page yet to log in to. */
function adminLines(admin: Waybill['admin']): string[] {
  if (!admin) return []
  const { url, newToken, tokenFile } = admin
  const lines = [`  admin API          ${url}`]
  if (newToken === null) return lines
  const command = 'waybill limits status'
  const [kept, example] =
    tokenFile === null
      ? ['ends with this process', `WAYBILL_ADMIN_TOKEN=… ${command} --admin ${url}`]
      : [`is kept in ${tokenFile}`, command]
  const indent = ' '.repeat(21)
  lines.push(
    `  admin token        ${newToken.reveal()}`,
    `${indent}(shown this once, and ${kept})`,
    `${indent}${example}`,
    `${indent}GET ${url}/api/v1/limits with Authorization: Bearer wb-admin-…`,
  )
  return lines
}

/** A model that certainly answers: a public name, else a configured target, else one that is known. */
function firstModel(waybill: Waybill): string {
  const catalog = waybill.catalog()
  for (const alias of catalog.aliases.values()) {
    if (alias.targets.some(({ target }) => target.provider.enabled)) return alias.name
  }
  for (const target of catalog.targets.values()) if (target.provider.enabled) return target.name
  for (const provider of catalog.providers.values()) {
    if (!provider.enabled) continue
    const model = usualModels[provider.knownAs] ?? catalog.facts.modelsOf(provider.knownAs)[0]
    if (model !== undefined) return `${provider.id}/${model}`
  }
  return 'provider/model'
}

/** Cheap chat models, so that the request to copy costs next to nothing. */
const usualModels: Readonly<Record<string, string>> = {
  openai: 'gpt-4o-mini',
  anthropic: 'claude-haiku-4-5',
  google: 'gemini-2.5-flash',
}

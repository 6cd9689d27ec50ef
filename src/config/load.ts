import { reportMisplacedVariables } from './expand.ts'
import { reportIssues, wording } from './issues.ts'
import { collectFindings, type Locate, type Problem } from './problem.ts'
import { configurationSchema } from './schema.ts'
import { withSecrets } from './secrets.ts'
import type { Environment, Settings } from './settings.ts'
import { stateFrom } from './state-address.ts'
import { faultProblems, parseYaml } from './yaml-document.ts'

export type Loaded =
  | { readonly ok: true; readonly settings: Settings; readonly locate: Locate }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** Far beyond any configuration; parsing more would hold up a running gateway. */
const MOST_BYTES = 4 * 1_048_576

/**
 * A configuration from the content of a file: UTF-8 YAML (so JSON too), checked against the
 * schema, with the secrets taken from the environment. Never throws; no value of the environment
 * gets into a problem.
 */
export function load(content: Uint8Array, file: string, environment: Environment): Loaded {
  const text = decode(content)
  if (typeof text !== 'string') return refused(file, text.fault)
  const yaml = parseYaml(text)
  if (!yaml.ok) {
    return { ok: false, problems: faultProblems(yaml, file) }
  }
  if (yaml.tree === null) {
    return refused(file, 'is empty; name at least one provider, or start without a file')
  }
  const findings = collectFindings(file, yaml.locate)
  reportMisplacedVariables(yaml.tree, findings)
  const parsed = configurationSchema.safeParse(yaml.tree, { error: wording })
  if (!parsed.success) {
    reportIssues(parsed.error.issues, yaml.tree, findings)
    return { ok: false, problems: findings.problems }
  }
  const providers = Object.fromEntries(
    Object.entries(parsed.data.providers).map(([id, provider]) => [
      id,
      withSecrets(id, provider, environment, findings),
    ]),
  )
  const state = stateFrom(parsed.data.state, environment, findings)
  if (state === null || findings.problems.length > 0) {
    return { ok: false, problems: findings.problems }
  }
  return { ok: true, settings: { ...parsed.data, providers, state }, locate: yaml.locate }
}

function decode(content: Uint8Array): string | { fault: string } {
  if (content.byteLength > MOST_BYTES) {
    const megabytes = (content.byteLength / 1_048_576).toFixed(1)
    return { fault: `is ${megabytes} MB; a configuration may have at most 4 MB` }
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content)
  } catch {
    return { fault: 'is not UTF-8 text; save it as UTF-8' }
  }
}

function refused(file: string, message: string): Loaded {
  return {
    ok: false,
    problems: [{ severity: 'error', file, line: 1, column: 1, path: '', message }],
  }
}

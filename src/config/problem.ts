import { looksLikeSecret } from './show-value.ts'

export type Path = readonly (string | number)[]

export interface Position {
  /** Counted from 1. */
  readonly line: number
  /** Counted from 1. */
  readonly column: number
}

/** What is wrong with a configuration, or worth a warning. Never holds the value of a secret. */
export interface Problem extends Partial<Position> {
  readonly severity: 'error' | 'warning'
  /** null when the configuration does not come from a file. */
  readonly file: string | null
  /** `providers.openai.apiKey`; empty for the document as a whole. */
  readonly path: string
  /** What is wrong and what would be right. */
  readonly message: string
}

/** Where in the file a path stands: its key, or its value. Null when there is no file. */
export type Locate = (path: Path, part: 'key' | 'value') => Position | null

/**
 * `models.fast.targets[1].weight`; parts that are no plain names are quoted, and parts that may
 * be a secret put into the wrong place are hidden.
 */
export function formatPath(path: Path): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else if (looksLikeSecret(part)) text += '[hidden]'
    else if (!/^[A-Za-z0-9_-]+$/.test(part)) text += `[${JSON.stringify(part)}]`
    else text += text === '' ? part : `.${part}`
  }
  return text
}

/** `waybill.yaml:14:7: error: models.fast.retry.attempts must be at least 1, not 0` */
export function formatProblem(problem: Problem): string {
  const { severity, path, message } = problem
  const place = placeOf(problem)
  const where = place === '' ? '' : `${place}: `
  return `${where}${severity}: ${path === '' ? '' : `${path}: `}${message}`
}

/**
 * The same for a log line. One text would lose its main word there: what stands after `apiKey:` is
 * masked as a key.
 */
export function problemFields(problem: Problem) {
  return { place: placeOf(problem), path: problem.path, problem: problem.message }
}

/** `waybill.yaml:14:7`, as far as it is known. */
function placeOf({ file, line, column }: Problem): string {
  return [file, line, column].filter((part) => part !== null && part !== undefined).join(':')
}

/** One wrong name can make everything after it wrong; nobody reads more than this. */
const MOST_KEPT = 100

/** Collects what is found while a configuration is checked, with its place in the file. */
export interface Findings {
  problem(path: Path, message: string, part?: 'key' | 'value'): void
  warning(path: Path, message: string, part?: 'key' | 'value'): void
  readonly problems: readonly Problem[]
  readonly warnings: readonly Problem[]
}

export function collectFindings(file: string | null, locate: Locate): Findings {
  const problems: Problem[] = []
  const warnings: Problem[] = []
  const entry = (
    severity: 'error' | 'warning',
    path: Path,
    message: string,
    part: 'key' | 'value' = 'value',
  ): Problem => ({
    severity,
    file,
    ...locate(path, part),
    path: formatPath(path),
    message,
  })
  return {
    get problems() {
      return inOrder(problems)
    },
    get warnings() {
      return inOrder(warnings)
    },
    problem(path, message, part) {
      if (problems.length < MOST_KEPT) problems.push(entry('error', path, message, part))
    },
    warning(path, message, part) {
      if (warnings.length < MOST_KEPT) warnings.push(entry('warning', path, message, part))
    },
  }
}

/** As they stand in the file, so that the first one shown is the first one met when reading. */
function inOrder(problems: readonly Problem[]): Problem[] {
  return problems.toSorted(
    (a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  )
}

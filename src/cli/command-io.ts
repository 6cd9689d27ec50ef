import type { ModelFacts } from '../core/catalog.ts'

/** What a command may touch of the world around it. */
export interface CommandIo {
  /** Prints a text and a line break where people and programs read the result. */
  out(text: string): void
  /** The same for what went wrong. */
  err(text: string): void
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** 0 good, 1 found a problem, 2 wrong usage. */
  setExitCode(code: 0 | 1 | 2): void
  readonly facts: ModelFacts
}

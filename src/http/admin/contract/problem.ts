import { z } from 'zod'

/** Codes of all refusals, and the status each has. */
export const problemStatus = {
  invalid_request: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  too_large: 413,
  not_json: 415,
  too_many_attempts: 429,
  internal: 500,
  unavailable: 503,
} as const

export type ProblemCode = keyof typeof problemStatus

export interface AdminProblem {
  readonly code: ProblemCode
  /** For people, in whole sentences; never holds a secret. */
  readonly message: string
  /** The field of the query or body that is at fault; null: none in particular. */
  readonly field: string | null
}

const [first = 'internal', ...others] = Object.keys(problemStatus)

/** What every refusal looks like. */
export const problemBody = z.object({
  error: z.object({
    code: z.enum([first, ...others]),
    message: z.string(),
    field: z.string().nullable(),
  }),
})

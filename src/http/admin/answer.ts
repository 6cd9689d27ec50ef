import type { ServerResponse } from 'node:http'
import { answerJson } from '../plain-answers.ts'
import { type AdminProblem, problemStatus } from './contract/problem.ts'

/** On every answer: nothing of it is kept, framed, sniffed or run. */
const secureHeaders: readonly (readonly [string, string])[] = [
  ['cache-control', 'no-store'],
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ['referrer-policy', 'no-referrer'],
  ['x-content-type-options', 'nosniff'],
]

export function secure(response: ServerResponse): void {
  for (const [name, value] of secureHeaders) response.setHeader(name, value)
}

export function refuse(response: ServerResponse, problem: AdminProblem): void {
  const { code, message, field } = problem
  if (code === 'unauthenticated') response.setHeader('www-authenticate', 'Bearer')
  if (code === 'too_many_attempts') response.setHeader('retry-after', '1')
  answerJson(response, problemStatus[code], { error: { code, message, field } })
}

import type { HttpBindings } from '@hono/node-server'
import type { Context, Hono } from 'hono'
import type { z } from 'zod'
import type { DeskAnswer } from '../../gateway/desk-answer.ts'
import type { BodyReader } from '../read-body.ts'
import type { Operation } from './contract/operation.ts'
import { type AdminProblem, problemStatus } from './contract/problem.ts'
import { readInput } from './read-input.ts'

export interface AdminEnvironment {
  readonly Bindings: HttpBindings
}

export type AdminApp = Hono<AdminEnvironment>
type AdminContext = Context<AdminEnvironment>

/** Routes an operation of the contract to what does it. */
export type Serve = <Input extends z.ZodObject, Reply extends z.ZodType>(
  operation: Operation<Input, Reply>,
  run: (
    input: z.output<Input>,
  ) => DeskAnswer<z.output<Reply>> | Promise<DeskAnswer<z.output<Reply>>>,
) => void

export function serveOn(app: AdminApp, readBody: BodyReader): Serve {
  return (operation, run) => {
    app.on(operation.method, operation.path, async (context) => {
      const input = await readInput(context.env.incoming, operation, readBody)
      if (!input.ok) return refused(context, input.problem)
      const answer = await run(input.value)
      return answer.ok ? json(context, 200, answer.value) : refused(context, answer.refusal)
    })
  }
}

export function refused(context: AdminContext, { code, message, field }: AdminProblem): Response {
  // What is left of the body would be taken for the next request.
  if (!context.env.incoming.complete) context.header('connection', 'close')
  return json(context, problemStatus[code], { error: { code, message, field } })
}

type Status = 200 | (typeof problemStatus)[keyof typeof problemStatus]

export function json(context: AdminContext, status: Status, value: unknown): Response {
  return context.body(JSON.stringify(value), status, { 'content-type': 'application/json' })
}

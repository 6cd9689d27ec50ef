import type { z } from 'zod'

/**
 * One thing the admin API does. What is asked travels in the query of GET and DELETE, and as the JSON
 * body of PUT and POST; the same schemas check it, type the client and make the OpenAPI document.
 */
export interface Operation<
  Input extends z.ZodObject = z.ZodObject,
  Reply extends z.ZodType = z.ZodType,
> {
  /** `limits.set` */
  readonly id: string
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  readonly path: string
  /** One sentence. */
  readonly summary: string
  readonly input: Input
  readonly reply: Reply
}

/** Keeps the types of the schemas. */
export function operation<Input extends z.ZodObject, Reply extends z.ZodType>(
  described: Operation<Input, Reply>,
): Operation<Input, Reply> {
  return described
}

export function asksInQuery({ method }: Pick<Operation, 'method'>): boolean {
  return method === 'GET' || method === 'DELETE'
}

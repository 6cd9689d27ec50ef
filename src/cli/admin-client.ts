import { promises as files } from 'node:fs'
import path from 'node:path'
import type { z } from 'zod'
import {
  type AdminPlace,
  adminPlaceIn,
  adminTokenFile,
  adminTokenVariable,
} from '../config/admin.ts'
import { isLoopback, localUrl } from '../config/listen.ts'
import { asksInQuery, type Operation } from '../http/admin/contract/operation.ts'
import { problemBody } from '../http/admin/contract/problem.ts'
import type { CommandIo } from './command-io.ts'
import { findConfigurationFile } from './configuration-file.ts'

/** Where the running gateway is, as far as the user says. */
export interface AdminOptions {
  readonly admin?: string | undefined
  readonly config?: string | undefined
  readonly data?: string | undefined
}

export type Asked<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly exitCode: 1 | 2; readonly problem: Problem }

/** What the gateway refused, or what kept it from being asked. */
export interface Problem {
  /** Of the contract, or `no_gateway`, `no_token`. */
  readonly code: string
  readonly message: string
  readonly field: string | null
}

/** Large listings of a busy gateway; nothing is worth a longer wait at a prompt. */
const answerWithinMs = 30_000

/** Asks the admin API of the running gateway to do an operation of its contract. */
export async function askAdmin<Input extends z.ZodObject, Reply extends z.ZodType>(
  operation: Operation<Input, Reply>,
  asked: Readonly<Record<string, unknown>>,
  options: AdminOptions,
  io: CommandIo,
): Promise<Asked<z.output<Reply>>> {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(asked)) {
    if (value !== undefined) query.set(name, String(value))
  }
  const inQuery = asksInQuery(operation)
  const checked = operation.input.safeParse(inQuery ? Object.fromEntries(query) : asked)
  if (!checked.success) return wrongUsage(checked.error)
  const place = await findAdmin(options, io)
  if ('problem' in place) return { ok: false, exitCode: 1, problem: place.problem }
  const search = inQuery && query.size > 0 ? `?${query}` : ''
  const sent = {
    method: operation.method,
    headers: { authorization: `Bearer ${place.token}`, 'content-type': 'application/json' },
    ...(inQuery ? {} : { body: JSON.stringify(asked) }),
  }
  const reply = await send(`${place.url}${operation.path}${search}`, sent)
  if (typeof reply === 'string') return failed('no_gateway', noGateway(place.url, reply))
  return understood(operation, reply, place.url)
}

interface Admin {
  readonly url: string
  readonly token: string
}

async function findAdmin(
  { admin, config, data }: AdminOptions,
  io: CommandIo,
): Promise<Admin | { readonly problem: Problem }> {
  const file = findConfigurationFile(config, io.cwd)
  const configured = await placeIn(file, io)
  if (configured === null) return missing('no_gateway', `${file} cannot be read.`)
  const url = admin === undefined ? configuredUrl(configured, file) : namedUrl(admin)
  if (typeof url !== 'string') return url
  const directory = path.resolve(io.cwd, data ?? configured.dataDirectory)
  const token = io.env[adminTokenVariable] || (await keptToken(directory, url, admin !== undefined))
  if (typeof token !== 'string') return token
  // What cannot be a header would be shown in the error of whoever tries to make one of it.
  return /^[!-~]+$/.test(token)
    ? { url, token }
    : missing('no_token', 'The admin token holds characters that no token has.')
}

/** null: the file is named, and cannot be read. */
async function placeIn(file: string | null, io: CommandIo): Promise<AdminPlace | null> {
  if (file === null) return adminPlaceIn(null)
  const text = await files.readFile(path.resolve(io.cwd, file), 'utf8').catch(() => null)
  return text === null ? null : adminPlaceIn(text)
}

function configuredUrl(
  { listen }: AdminPlace,
  file: string | null,
): string | { readonly problem: Problem } {
  if (listen === null) {
    return missing('no_gateway', `${file} turns the admin API off (admin: false).`)
  }
  if (listen.port === 0) {
    return missing(
      'no_gateway',
      `${file} leaves the port of the admin API open: name it with --admin.`,
    )
  }
  return localUrl(listen)
}

function namedUrl(text: string): string | { readonly problem: Problem } {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    return missing('invalid_request', '--admin takes an address such as http://127.0.0.1:4101.')
  }
  return url.origin
}

/** The token of this machine's gateway is not for whatever answers elsewhere. */
async function keptToken(
  directory: string,
  url: string,
  named: boolean,
): Promise<string | { readonly problem: Problem }> {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '')
  if (named && !isLoopback(host)) {
    return missing('no_token', `Set ${adminTokenVariable} to the admin token of ${url}.`)
  }
  const file = adminTokenFile(directory)
  try {
    return (await files.readFile(file, 'utf8')).trim()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    const why = code === 'ENOENT' ? 'is not there' : `cannot be read (${code})`
    return missing(
      'no_token',
      `No admin token: ${file} ${why}. Name the gateway's data directory with --data, or set ${adminTokenVariable}.`,
    )
  }
}

async function send(
  url: string,
  request: { method: string; headers: Record<string, string>; body?: string },
): Promise<{ status: number; text: string } | string> {
  try {
    const signal = AbortSignal.timeout(answerWithinMs)
    const reply = await fetch(url, { ...request, redirect: 'manual', signal })
    return { status: reply.status, text: await reply.text() }
  } catch (error) {
    return reasonOf(error)
  }
}

function understood<Input extends z.ZodObject, Reply extends z.ZodType>(
  operation: Operation<Input, Reply>,
  { status, text }: { status: number; text: string },
  url: string,
): Asked<z.output<Reply>> {
  const json = jsonIn(text)
  if (status === 200) {
    const reply = operation.reply.safeParse(json)
    if (reply.success) return { ok: true, value: reply.data }
  }
  const refusal = problemBody.safeParse(json)
  if (!refusal.success) {
    return failed(
      'no_gateway',
      `What answers at ${url} is no admin API of Waybill (status ${status}).`,
    )
  }
  const { error } = refusal.data
  return { ok: false, exitCode: error.code === 'invalid_request' ? 2 : 1, problem: error }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function wrongUsage({ issues: [issue] }: z.ZodError): Asked<never> {
  const field = issue?.path.map(String).join('.') ?? ''
  const message = `--${field} ${issue?.message ?? 'is not valid'}.`
  return { ok: false, exitCode: 2, problem: { code: 'invalid_request', message, field } }
}

function failed(code: Problem['code'], message: string): Asked<never> {
  return { ok: false, exitCode: 1, ...missing(code, message) }
}

function missing(code: Problem['code'], message: string): { readonly problem: Problem } {
  return { problem: { code, message, field: null } }
}

function noGateway(url: string, reason: string): string {
  return `No gateway answers at ${url} (${reason}). Start one with \`waybill start\`, or name its admin address with --admin.`
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  if (!(cause instanceof Error)) return error.message
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message
}

import { TypeValidationError } from '@ai-sdk/provider'
import { type Failure, failure } from '../../core/failure.ts'
import { isObject, stringAt } from '../../core/json.ts'
import type { UpstreamError } from '../../dialects/dialect.ts'
import type {
  LanguageModelCall,
  LanguageModelObserver,
  UpstreamExchange,
} from '../../gateway/ports.ts'
import { buildCallOptions } from './call-options.ts'
import { classifyError } from './classify-error.ts'
import { createGate, type Gate } from './gate.ts'
import { optionsForVersion } from './older-options.ts'
import type { OpenModel, SdkModel } from './open-model.ts'
import { createPartReader, type PartReader } from './read-parts.ts'
import { partsOfResult } from './read-result.ts'
import { readWarnings } from './read-warnings.ts'
import { redact } from './redact.ts'

/** One call of a model. After its end, its failure or `abort` the observer hears nothing more. */
interface Run {
  readonly call: LanguageModelCall
  readonly observer: LanguageModelObserver
  readonly gate: Gate
  readonly signal: AbortSignal
  /** A stream stands or a whole reply is there: errors from now on are errors of the reply. */
  begun: boolean
  /** An event that the package could not read, of a stream that went on after it. */
  unread: Error | null
}

/** Starts a call and reports to `observer`; the exchange returned holds it back or ends it. */
export function runCall(
  call: LanguageModelCall,
  observer: LanguageModelObserver,
  open: OpenModel,
  classify: (error: UpstreamError) => Failure,
): UpstreamExchange {
  const controller = new AbortController()
  const gate = createGate()
  const run: Run = { call, observer, gate, signal: controller.signal, begun: false, unread: null }

  const settle = async (): Promise<void> => {
    let outcome: Failure | null
    try {
      outcome = await talk(run, open)
    } catch (error) {
      const context = { sdk: call.sdk, classify, begun: run.begun, nowMs: Date.now() }
      outcome = classifyError(error, context)
    }
    if (controller.signal.aborted) return
    if (outcome === null) observer.ended()
    else observer.failed(redact(outcome, call))
  }
  void settle()

  return {
    pause: gate.shut,
    resume: gate.open,
    abort() {
      controller.abort()
      gate.open()
    },
  }
}

/** The call from its start to its end: null when it ended well. Throws what the package throws. */
async function talk(run: Run, open: OpenModel): Promise<Failure | null> {
  const { call, observer, signal } = run
  const opened = await open(call)
  if (!opened.ok) return opened.failure
  const model = opened.value
  const warnings = new Set<string>()
  const built = buildCallOptions(call.conversation, call.sdk, signal, warnings)
  const options = optionsForVersion(built, model.specificationVersion, warnings)
  if (signal.aborted) return null
  if (warnings.size > 0) observer.warnings([...warnings])
  return await (call.streaming ? stream(run, model, options) : generate(run, model, options))
}

async function generate(run: Run, model: SdkModel, options: object): Promise<Failure | null> {
  const result = await model.doGenerate(options)
  run.begun = true
  if (isObject(result)) warn(run, result['warnings'])
  const reader = createPartReader(run.call.sdk, false)
  for (const part of partsOfResult(result)) {
    const end = pass(run, reader, part)
    if (end !== 'going-on') return end
  }
  return noReply(run)
}

async function stream(run: Run, model: SdkModel, options: object): Promise<Failure | null> {
  const result = await model.doStream(options)
  run.begun = true
  const parts = isObject(result) ? result['stream'] : null
  if (!isReadableStream(parts)) return noReply(run)
  const source = parts.getReader()
  const reader = createPartReader(run.call.sdk, true)
  // Frees the connection; what a package throws at being cancelled concerns nobody any more.
  const release = () => void source.cancel().catch(() => undefined)
  run.signal.addEventListener('abort', release)
  try {
    while (!run.signal.aborted) {
      const { done, value } = await source.read()
      const held = run.gate.passed()
      if (held !== null) await held
      if (done || run.signal.aborted) break
      const end = pass(run, reader, value)
      if (end !== 'going-on') return end
    }
    return cutOff(run)
  } finally {
    release()
  }
}

/** Passes one part on. The end of the reply, good (null) or bad, or that it goes on. */
function pass(run: Run, reader: PartReader, part: unknown): Failure | null | 'going-on' {
  if (run.signal.aborted) return null
  const type = isObject(part) ? stringAt(part, 'type') : null
  if (isObject(part) && type === 'stream-start') warn(run, part['warnings'])
  if (isObject(part) && type === 'error') {
    passOver(run, part['error'])
    return 'going-on'
  }
  const { events, outcome } = reader.read(part)
  if (events.length > 0) run.observer.events(events)
  switch (outcome) {
    case 'going-on':
      return outcome
    case 'complete':
      return null
    case 'cut':
      return cutOff(run)
    case 'error':
      if (run.unread !== null) throw run.unread
      return failure('server_error', `The provider behind ${run.call.sdk} broke the reply off.`)
  }
}

/**
 * Packages check events against strict schemas and report those of an unknown shape (a new kind of
 * content) as errors, but read on. So do we: whether the reply is whole, its end will tell. Throws
 * every other error.
 */
function passOver(run: Run, error: unknown): void {
  if (!TypeValidationError.isInstance(error)) throw error
  if (run.unread === null) {
    run.observer.warnings([`${run.call.sdk} could not read an event of the reply: left out.`])
  }
  run.unread = error
}

function warn({ call, observer, signal }: Run, warnings: unknown): void {
  const sentences = readWarnings(warnings, call.sdk)
  if (sentences.length > 0 && !signal.aborted) observer.warnings(sentences)
}

function cutOff({ call }: Run): Failure {
  return failure('truncated', `The reply through ${call.sdk} stopped before its end.`)
}

function noReply({ call }: Run): Failure {
  return failure('malformed_reply', `${call.sdk} returned no reply.`)
}

function isReadableStream(value: unknown): value is ReadableStream<unknown> {
  return typeof value === 'object' && value !== null && 'getReader' in value
}

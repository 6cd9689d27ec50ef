import { isObject, type JsonObject, stringAt } from '../../core/json.ts'
import { stableCallId } from '../openai/stable-id.ts'
import { customInputAsJson } from './custom-tools.ts'
import { type ItemReader, type ReplyOutput, restOf } from './reply-output.ts'

/**
 * Reads a call of a function, or of a custom tool, whose text becomes JSON only when whole. The call
 * is shown when its name is known; arguments that came earlier follow then.
 */
export function toolCallReader(output: ReplyOutput, added: JsonObject): ItemReader {
  let item = added
  let block: number | null = null
  let id = ''
  let received = ''
  let given = 0
  let closed = false
  const custom = added['type'] === 'custom_tool_call'

  const start = () => {
    if (block !== null) return block
    block = output.nextBlock()
    const name = stringAt(item, 'name') ?? ''
    id = stringAt(item, 'call_id') || stringAt(item, 'id') || stableCallId(null, block, name)
    output.emit({ type: 'tool-call-start', block, id, name })
    return block
  }
  const flush = () => {
    if (block === null || custom || closed || given === received.length) return
    output.emit({ type: 'tool-call-delta', block, input: received.slice(given) })
    given = received.length
  }
  const whole = (text: string) => {
    received += restOf(received, text)
    flush()
  }
  const end = () => {
    if (closed) return
    if (custom) received = customInputAsJson(received)
    const at = start()
    if (received === '') received = '{}'
    if (given < received.length) {
      output.emit({ type: 'tool-call-delta', block: at, input: received.slice(given) })
    }
    const signature = output.callSignatures.get(id) ?? null
    output.emit({ type: 'tool-call-end', block: at, signature })
    closed = true
  }

  if ((stringAt(added, 'name') ?? '') !== '') start()
  return {
    takes: (kind) => kind === 'arguments',
    delta: (_kind, _index, text) => {
      received += text
      flush()
    },
    whole: (_kind, _index, text) => whole(text),
    partDone: () => {},
    annotate: () => {},
    done: (complete) => {
      item = { ...item, ...complete }
      start()
      whole(argumentsOf(item))
      end()
    },
    close: () => {
      if (block !== null && !closed) output.emit({ type: 'tool-call-end', block, signature: null })
      closed = true
    },
  }
}

/** Arguments are JSON text; some providers send the object itself. */
function argumentsOf(item: JsonObject): string {
  const value = item['arguments'] ?? item['input'] ?? ''
  if (typeof value === 'string') return value
  return isObject(value) ? JSON.stringify(value) : ''
}

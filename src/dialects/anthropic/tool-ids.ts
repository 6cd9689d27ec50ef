/** Anthropic takes only these characters in the id of a tool call; other providers use more. */
const fitting = /^[a-zA-Z0-9_-]+$/
const MARK = 'wbid_'
const escaped = /^(?:[a-zA-Z0-9-]|_[0-9a-f]{4})*$/

/**
 * The id as Anthropic takes it. One that does not fit is spelled out behind a mark, so that it can
 * be undone when the client sends it back; equal ids always become equal ones.
 */
export function toWireId(id: string): string {
  if (fitting.test(id) && !id.startsWith(MARK)) return id
  return MARK + id.replace(/[^a-zA-Z0-9-]/g, spellOut)
}

/** The id before `toWireId`; ids that were never changed stay as they are. */
export function fromWireId(id: string): string {
  if (!id.startsWith(MARK)) return id
  const spelled = id.slice(MARK.length)
  if (!escaped.test(spelled)) return id
  return spelled.replace(/_([0-9a-f]{4})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
}

function spellOut(character: string): string {
  return `_${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

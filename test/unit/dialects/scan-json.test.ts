import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maxJsonDepth, membersOf, scanObject } from '../../../src/dialects/scan-json.ts'

const bytes = (text: string) => Buffer.from(text)

function problemOf(text: string): string {
  const scan = scanObject(bytes(text))
  return scan.ok ? 'none' : scan.problem
}

/** What the scanner must refuse although JSON.parse takes it. */
function beyondJson(text: string, value: unknown): boolean {
  return typeof value !== 'object' || value === null || Array.isArray(value) || text === ''
}

describe('scanObject', () => {
  it('finds the top-level members and where they stand', () => {
    const text = '{ "model" : "gpt-4o", "stream":true,"n":[1,{"model":"inner"}] , "x":null}'
    const scan = scanObject(bytes(text))
    if (!scan.ok) throw new Error(scan.problem)
    expect([...scan.members.keys()]).toEqual(['model', 'stream', 'n', 'x'])
    const members = membersOf(bytes(text), scan.members)
    expect(members.get('model')).toBe('gpt-4o')
    expect(members.get('n')).toEqual([1, { model: 'inner' }])
    expect(members.get('x')).toBeNull()
    expect(members.get('missing')).toBeUndefined()
    const span = scan.members.get('model')
    expect(text.slice(span?.start, span?.end)).toBe('"gpt-4o"')
  })

  it('reads keys that are written with escapes', () => {
    const scan = scanObject(bytes('{"mod\\u0065l":"a"}'))
    expect(scan.ok && scan.members.has('model')).toBe(true)
  })

  it.each([
    ['', 'the body is empty'],
    ['[]', 'must be a JSON object'],
    ['{"a":1', 'ends too early'],
    ['{"a":"b', 'ends too early'],
    ['{"a":1}x', 'text after the end'],
    ['{"a":1,"a":2}', 'duplicate key "a"'],
    ['{"a":1,"\\u0061":2}', 'duplicate key "a"'],
    ['{"a":01}', 'missing or misspelt'],
    ['{"a":tru}', 'missing or misspelt'],
    ['{"a":1.}', 'decimal point'],
    ['{"a":1e}', 'exponent'],
    ['{"a":"\\x"}', 'escape'],
    ['{"a":"\\u12g4"}', 'escape'],
    ['{"a":"tab\there"}', 'control character'],
    ["{'a':1}", 'double quotes'],
    ['{"a":1,}', 'double quotes'],
    ['{"a":[1,]}', 'missing or misspelt'],
    ['{"a" 1}', '":" after a key expected'],
    ['{"a":[1}', '"," or "]" expected'],
    ['\u00a0{}', 'must be a JSON object'],
  ])('refuses %j', (text, problem) => {
    expect(problemOf(text)).toContain(problem)
  })

  it('limits nesting without recursion', () => {
    const nested = (depth: number) => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`
    expect(problemOf(nested(maxJsonDepth - 1))).toBe('none')
    expect(problemOf(nested(maxJsonDepth))).toContain('nested deeper')
    expect(problemOf(`{"a":${'[{"b":'.repeat(500_000)}`)).toContain('nested deeper')
  })

  it('agrees with JSON.parse on every object', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })),
        fc.nat(2),
        (value, space) => {
          const text = JSON.stringify(value, null, space)
          const scan = scanObject(bytes(text))
          if (!scan.ok) throw new Error(`${scan.problem} at ${scan.offset} in ${text}`)
          const members = membersOf(bytes(text), scan.members)
          const parsed: Record<string, unknown> = JSON.parse(text)
          expect([...scan.members.keys()].sort()).toEqual(Object.keys(parsed).sort())
          for (const key of scan.members.keys()) expect(members.get(key)).toEqual(parsed[key])
        },
      ),
    )
  })

  it('accepts exactly what JSON.parse accepts, whatever is done to the text', () => {
    const document = '{"model":"a\\n","b":[1,-2.5e+3,true,null,{"c":"\\u00e9"}],"d":{}}'
    const edit = fc.record({
      at: fc.nat(document.length),
      remove: fc.nat(2),
      insert: fc.constantFrom(
        '',
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"',
        '\\',
        '0',
        '-',
        '.',
        'e',
        ' ',
        '\u0001',
      ),
    })
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        let text = document
        for (const { at, remove, insert } of edits)
          text = text.slice(0, at) + insert + text.slice(at + remove)
        let parsed: unknown
        let parses = true
        try {
          parsed = JSON.parse(text)
        } catch {
          parses = false
        }
        const scan = scanObject(bytes(text))
        if (parses && !beyondJson(text, parsed)) {
          const onlyDuplicates = scan.ok || scan.problem.startsWith('duplicate key')
          expect({ text, onlyDuplicates }).toEqual({ text, onlyDuplicates: true })
        } else {
          expect({ text, ok: scan.ok }).toEqual({ text, ok: false })
        }
      }),
      { numRuns: 2000 },
    )
  })
})

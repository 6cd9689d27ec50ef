import { promises as files } from 'node:fs'
import path from 'node:path'
import { numberAt, objectAt, parseJson } from '../../core/json.ts'
import type { SavedKnowledge } from '../../gateway/knowledge.ts'
import type { KnowledgeStore } from '../../gateway/ports.ts'
import { errorCode } from './system-error.ts'

/**
 * What a gateway has seen, in one file that is replaced as a whole: whoever reads it sees the
 * old or the new one. It is worth a few seconds of measuring and no more, so it is not forced to
 * the disk, and trouble with it is told once and holds up nothing.
 */
export function createKnowledgeFile(
  file: string,
  onProblem: (message: string) => void,
): KnowledgeStore {
  let failing = false

  return {
    async load() {
      try {
        const saved = savedIn(await files.readFile(file, 'utf8'))
        if (saved === null) onProblem(forgotten(file, 'it is damaged'))
        return saved
      } catch (error) {
        const code = errorCode(error)
        if (code !== 'ENOENT') onProblem(forgotten(file, code ?? String(error)))
        return null
      }
    },
    async save(saved) {
      const draft = `${file}.new`
      try {
        await files.mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
        await files.writeFile(draft, JSON.stringify(saved), { mode: 0o600 })
        await files.rename(draft, file)
        failing = false
      } catch (error) {
        if (failing) return
        failing = true
        const reason = error instanceof Error ? error.message : String(error)
        onProblem(`what was learned of targets and requests is not kept over a restart: ${reason}`)
      }
    },
  }
}

/** Worth a word: an arm that was rolled back serves again. */
function forgotten(file: string, reason: string): string {
  return `what was learned of targets and requests, and which arms were rolled back, is forgotten: ${file} cannot be read (${reason})`
}

function savedIn(text: string): SavedKnowledge | null {
  const read = parseJson(text)
  const savedAtMs = numberAt(read, 'savedAtMs')
  if (savedAtMs === null) return null
  const part = (name: string) => objectAt(read, name) ?? {}
  return {
    savedAtMs,
    fleet: part('fleet'),
    learning: part('learning'),
    experiments: part('experiments'),
    regionTimes: part('regionTimes'),
    estimates: part('estimates'),
  }
}

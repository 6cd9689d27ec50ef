import { promises as files } from 'node:fs'
import path from 'node:path'
import { isObject, numberAt, objectAt, parseJson } from '../../core/json.ts'
import type { FleetStore, SavedFleet } from '../../gateway/ports.ts'

/**
 * What is known of the targets, in one file that is replaced as a whole: whoever reads it sees the
 * old or the new one. It is worth a few seconds of measuring and no more, so it is not forced to
 * the disk, and trouble with it is told once and holds up nothing.
 */
export function createFleetFile(file: string, onProblem: (message: string) => void): FleetStore {
  let failing = false

  return {
    async load() {
      try {
        return savedIn(await files.readFile(file, 'utf8'))
      } catch {
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
        onProblem(`what is known of the targets is not kept over a restart: ${reason}`)
      }
    },
  }
}

function savedIn(text: string): SavedFleet | null {
  const read = parseJson(text)
  const savedAtMs = numberAt(read, 'savedAtMs')
  const fleet = objectAt(read, 'fleet')
  return isObject(fleet) && savedAtMs !== null ? { savedAtMs, fleet } : null
}

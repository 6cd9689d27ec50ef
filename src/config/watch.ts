import { type FSWatcher, promises as files, watch } from 'node:fs'
import path from 'node:path'
import type { Catalog } from '../core/catalog.ts'
import {
  type ConfigurationContext,
  configurationFromContent,
  configurationFromFile,
} from './configuration.ts'
import type { Problem } from './problem.ts'
import type { Settings } from './settings.ts'

export interface WatchOptions {
  readonly file: string
  /** `generation` is that of the catalog in force; those made here count on from it. */
  readonly context: ConfigurationContext
  /** A changed file is good: from now on this catalog is in force. */
  onCatalog(catalog: Catalog, settings: Settings, warnings: readonly Problem[]): Promise<void>
  /** The file is broken or gone: what was in force stays so. */
  onProblems(problems: readonly Problem[]): void
  /** How long the file must rest before it is read, so that half-written ones are not. */
  readonly restMs?: number
}

export interface ConfigurationWatch {
  /** Reads the file now, changed or not. Resolves when its outcome has been told. */
  reload(): Promise<void>
  close(): void
}

/** However busy the folder is, a change is read after this many times the rest. */
const MOST_RESTS = 10

/**
 * Watches the folder of a configuration file, because editors and Kubernetes replace a file
 * rather than write to it. Changes close together are read once, and content that is the same is
 * not compiled again.
 */
export function watchConfiguration(options: WatchOptions): ConfigurationWatch {
  const { file, restMs = 100 } = options
  let { generation } = options.context
  let lastContent: Buffer | null = null
  let timer: NodeJS.Timeout | null = null
  let waitingSince = 0
  let closed = false
  let running: Promise<void> = Promise.resolve()

  const read = async (evenIfSame: boolean): Promise<void> => {
    const content = await files.readFile(file).catch(() => null)
    if (closed) return
    if (!evenIfSame && content !== null && lastContent?.equals(content)) return
    const context = { ...options.context, generation: generation + 1 }
    const outcome =
      content === null
        ? await configurationFromFile(file, context)
        : configurationFromContent(content, file, context)
    if (closed) return
    lastContent = content
    if (!outcome.ok) {
      options.onProblems(outcome.problems)
      return
    }
    generation += 1
    await options.onCatalog(outcome.catalog, outcome.settings, outcome.warnings)
  }
  // One after the other: two reads at once could put the older content in force last.
  const enqueue = (evenIfSame: boolean): Promise<void> => {
    running = running.then(() => read(evenIfSame))
    return running
  }
  const changed = (): void => {
    const now = performance.now()
    if (timer === null) waitingSince = now
    else if (now - waitingSince > restMs * MOST_RESTS) return
    else clearTimeout(timer)
    timer = setTimeout(() => {
      timer = null
      void enqueue(false)
    }, restMs)
  }
  const watcher = watchFolder(file, changed, options.onProblems)
  return {
    reload: () => enqueue(true),
    close() {
      closed = true
      if (timer !== null) clearTimeout(timer)
      watcher?.close()
    },
  }
}

function watchFolder(
  file: string,
  changed: () => void,
  onProblems: WatchOptions['onProblems'],
): FSWatcher | null {
  const name = path.basename(file)
  const failed = (error: unknown): void => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    const message = `cannot be watched (${code}); send SIGHUP after a change`
    onProblems([{ severity: 'error', file, path: '', message }])
  }
  try {
    const watcher = watch(path.dirname(path.resolve(file)), (_event, changedName) => {
      // Kubernetes swaps a hidden folder (`..data`) that the file is a link into.
      if (changedName === null || changedName === name || changedName.startsWith('..')) changed()
    })
    watcher.on('error', failed)
    return watcher
  } catch (error) {
    failed(error)
    return null
  }
}

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { onTestFinished } from 'vitest'

const program = path.resolve(import.meta.dirname, 'hold-places.ts')

/** Starts a process that holds so many places of `concurrentLimit('places', …)`. */
export async function startHolder(port: number, places: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [program, String(port), String(places)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  await once(child.stdout, 'data')
  return child
}

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

const listening = `
const server = require('node:net').createServer()
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port))
`

/**
 * A port of this machine that answers no attempt to connect, as a host that is gone: its process is
 * stopped, and the places it has for new connections are taken.
 */
export async function startBlackhole(): Promise<number> {
  const child: ChildProcess = spawn(process.execPath, ['-e', listening], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const takers: Socket[] = []
  onTestFinished(() => {
    for (const taker of takers) taker.destroy()
    child.kill('SIGKILL')
  })
  if (child.stdout === null) throw new Error('the child has no output')
  const [line]: unknown[] = await once(child.stdout, 'data')
  const port = Number(String(line))
  child.kill('SIGSTOP')
  let taken = true
  while (taken) {
    const taker = connect(port, '127.0.0.1')
    taker.on('error', () => {})
    takers.push(taker)
    taken = await Promise.race([
      once(taker, 'connect').then(() => true),
      new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 1_000)),
    ])
  }
  return port
}

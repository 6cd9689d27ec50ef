#!/usr/bin/env node
// Written for any Node: the first thing it does is find one that is new enough.
'use strict'

const childProcess = require('node:child_process')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')

const wanted = [22, 19]

function newEnough(version) {
  const parts = version.split('.')
  const major = Number(parts[0])
  return major > wanted[0] || (major === wanted[0] && Number(parts[1]) >= wanted[1])
}

/** The Node that comes with the repository's own dependencies, for machines whose Node is too old. */
function ownNode() {
  try {
    return require.resolve(`node-${process.platform}-${process.arch}/bin/node`)
  } catch (_error) {
    return null
  }
}

/**
 * The engine lets the young generation grow with the machine's memory, to hundreds of megabytes that
 * buy a gateway nothing: what a request needs dies with it. It takes this bound only when it starts.
 */
const engineFlags = ['--max-semi-space-size=16']

/**
 * Set from within: no start may fail on a flag that a later engine does not know any more.
 *
 * What it took to compile a function is freed as soon as it is compiled. A thread of low priority would
 * do it, which on one core has its turn when the load is over: 30 MB by then.
 *
 * This thread has its bound; left standing, it would override the smaller one of the ledger's worker.
 */
function settleEngine() {
  const v8 = require('node:v8')
  v8.setFlagsFromString('--no-maglev-destroy-on-background')
  v8.setFlagsFromString('--max-semi-space-size=0')
}

/**
 * What a process takes from its environment when it starts, where its user does not say otherwise.
 *
 * The compile cache: set here, the worker that writes the database reads it too, and would else load
 * the compiler of types, tens of megabytes, for files that are compiled already.
 *
 * One arena of the C library: it gives each thread one, and buffers that a request passes from one
 * thread's to another's leave holes, 50 MB with 2,000 open streams. Other C libraries do not look.
 */
function withDefaults(environment) {
  const directory = path.join(os.tmpdir(), 'node-compile-cache')
  const defaults = { NODE_COMPILE_CACHE: directory, MALLOC_ARENA_MAX: '1' }
  return Object.assign(defaults, environment)
}

function serves() {
  return process.argv[2] === 'start'
}

function hasEngineFlags() {
  const given = process.execArgv.concat((process.env.NODE_OPTIONS || '').split(' '))
  return given.some((flag) => flag.startsWith('--max-semi-space-size'))
}

function runAgainWith(node) {
  const flags = serves() && !hasEngineFlags() ? engineFlags : []
  const args = flags.concat(__filename, process.argv.slice(2))
  const child = childProcess.spawn(node, args, {
    stdio: 'inherit',
    // A terminal and most supervisors signal both processes: the second one must know its signals twice.
    env: Object.assign({}, process.env, { WAYBILL_SIGNALS_RELAYED: '1' }),
  })
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  signals.forEach((signal) => {
    process.on(signal, () => {
      child.kill(signal)
    })
  })
  child.on('error', (error) => {
    process.stderr.write(`Node ${node} cannot be run: ${error.message}\n`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    if (signal) {
      signals.forEach((name) => {
        process.removeAllListeners(name)
      })
      process.kill(process.pid, signal)
    } else process.exit(code === null ? 1 : code)
  })
}

function main() {
  if (newEnough(process.versions.node)) {
    if (serves() && !hasEngineFlags() && process.execve && process.platform !== 'win32') {
      // In place: no second process, no signals to pass on.
      const args = [process.execPath].concat(engineFlags, process.argv.slice(1))
      process.execve(process.execPath, args, withDefaults(process.env))
    }
    // Before the compile cache is opened: it holds for one set of flags.
    if (serves()) settleEngine()
    const nodeModule = require('node:module')
    if (nodeModule.enableCompileCache) nodeModule.enableCompileCache()
    const built = path.join(__dirname, '../dist/cli/main.js')
    const source = path.join(__dirname, '../src/cli/main.ts')
    import(require('node:url').pathToFileURL(fs.existsSync(source) ? source : built).href)
    return
  }
  const node = ownNode()
  if (node !== null) return runAgainWith(node)
  process.stderr.write(
    'Waybill needs Node ' +
      wanted.join('.') +
      ' or newer; this is ' +
      process.versions.node +
      '. Install a newer Node from https://nodejs.org.\n',
  )
  process.exit(1)
}

main()

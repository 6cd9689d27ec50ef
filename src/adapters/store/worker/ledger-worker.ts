import { parentPort, workerData } from 'node:worker_threads'
import type { LedgerWorkerOptions } from './messages.ts'
import { serveLedger } from './serve-ledger.ts'
import { yieldToRequests } from './yield-to-requests.ts'

/** Entry of the thread that owns the database, started by worker-link.ts. */
const options: LedgerWorkerOptions = workerData
yieldToRequests()
if (parentPort !== null) serveLedger(parentPort, options)

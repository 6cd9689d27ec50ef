import type { SaveEnd } from '../worker/limit-messages.ts'
import type { BookBatch } from './unsaved-books.ts'
import type { Ask } from './worker-questions.ts'

/** Copying this many to the worker takes less than a millisecond of the thread that serves requests. */
const BOOKS_PER_PART = 200

/** Writes the books in one transaction; between the parts they are sent in, requests have their turn. */
export async function sendBooks(ask: Ask, batch: BookBatch, end: SaveEnd): Promise<void> {
  const most = Math.max(batch.books.length, batch.removed.length)
  const parts = Math.max(1, Math.ceil(most / BOOKS_PER_PART))
  for (let part = 0; part < parts; part += 1) {
    const from = part * BOOKS_PER_PART
    const books = batch.books.slice(from, from + BOOKS_PER_PART)
    const removed = batch.removed.slice(from, from + BOOKS_PER_PART)
    const last = part === parts - 1
    await ask({ kind: 'save-books', part, books, removed, end: last ? end : null }, 'done')
  }
}

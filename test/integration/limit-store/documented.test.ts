import { readFileSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { migrations } from '../../../src/adapters/store/sqlite/migrations/all.ts'

const page = readFileSync(
  path.join(import.meta.dirname, '../../../docs/reference/limit-tables.md'),
  'utf8',
)
const database = new Database(':memory:')
for (const { version, sql } of migrations) if (version > 1) database.exec(sql)

const named = (type: string): string[] =>
  database
    .prepare<[string], { name: string }>('SELECT name FROM sqlite_schema WHERE type = ?')
    .all(type)
    .map(({ name }) => name)

describe('docs/reference/limit-tables.md', () => {
  it.each(named('table'))('describes every column of %s', (table) => {
    const [, section = ''] = page.split(`\n### ${table}\n`)
    const [about = ''] = section.split('\n### ')
    const columns = database
      .prepare<[string], { name: string }>('SELECT name FROM pragma_table_info(?)')
      .all(table)
      .map(({ name }) => name)
      .filter((name) => table !== 'rate_limit_journal' || name !== 'id')
    expect(columns.length).toBeGreaterThan(1)
    expect(columns.filter((name) => !about.includes(`\`${name}\``))).toEqual([])
  })

  it.each([...named('view'), ...named('trigger')])('describes %s', (name) => {
    expect(page).toContain(`| \`${name}\` |`)
  })
})

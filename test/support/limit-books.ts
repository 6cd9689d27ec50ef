import { arrayAt, booleanAt, numberAt, parseJson, stringAt } from '../../src/core/json.ts'

/** The admin API of a gateway, and who may ask it. */
export interface AdminAt {
  readonly url: string
  readonly token: string
}

/** A book as operators see it; amounts of cost in dollars. */
export interface SeenBook {
  /** `user requests/minute` */
  readonly id: string
  /** `user:alice` */
  readonly scope: string
  readonly limit: number
  readonly used: number
  readonly reserved: number
  readonly remaining: number
}

/** All books in use, of at most 1000. */
export async function booksAt({ url, token }: AdminAt): Promise<SeenBook[]> {
  const reply = await fetch(`${url}/api/v1/limits/buckets?max=1000`, {
    headers: { authorization: `Bearer ${token}` },
  })
  const body = parseJson(await reply.text())
  if (reply.status !== 200 || booleanAt(body, 'more') === true) {
    throw new Error(`the admin API answered ${reply.status}: ${JSON.stringify(body)}`)
  }
  return arrayAt(body, 'buckets').map((row) => ({
    id: stringAt(row, 'id') ?? '',
    scope: stringAt(row, 'scope') ?? '',
    limit: numberAt(row, 'limit') ?? Number.NaN,
    used: numberAt(row, 'used') ?? Number.NaN,
    reserved: numberAt(row, 'reserved') ?? Number.NaN,
    remaining: numberAt(row, 'remaining') ?? Number.NaN,
  }))
}

/** The only book of this limit; throws where nothing was taken from it yet. */
export async function bookAt(admin: AdminAt, id: string): Promise<SeenBook> {
  const found = (await booksAt(admin)).find((book) => book.id === id)
  if (found === undefined) throw new Error(`no book of "${id}"`)
  return found
}

/** A metric without labels. */
export async function metricAt(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1])
}

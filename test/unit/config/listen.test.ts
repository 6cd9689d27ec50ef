import { expect, it } from 'vitest'
import { localUrl, parseListen } from '../../../src/config/listen.ts'

it.each([
  ['127.0.0.1:4100', 'http://127.0.0.1:4100'],
  [':4100', 'http://127.0.0.1:4100'],
  ['0.0.0.0:4100', 'http://127.0.0.1:4100'],
  ['[::]:4100', 'http://[::1]:4100'],
  ['[2001:db8::1]:4100', 'http://[2001:db8::1]:4100'],
  ['gateway.internal:4100', 'http://gateway.internal:4100'],
])('%s is reached at %s', (listen, url) => {
  const address = parseListen(listen)
  expect(address === null ? null : localUrl(address)).toBe(url)
})

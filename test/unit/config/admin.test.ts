import { describe, expect, it } from 'vitest'
import { adminPlaceIn } from '../../../src/config/admin.ts'
import {
  configurationFromContent,
  configurationFromEnvironment,
} from '../../../src/config/configuration.ts'
import { configure, environment, smallFacts } from './configure.ts'

const providers = 'providers: { demo: { simulated: {} } }\n'

function adminOf(yaml: string) {
  const { settings, problems } = configure(`${providers}${yaml}`)
  return settings === null ? problems : settings.admin
}

describe('admin:', () => {
  it('listens on a port of this machine', () => {
    expect(adminOf('')).toEqual({ listen: { host: '127.0.0.1', port: 4101 }, hosts: [] })
  })

  it('listens where it is told, under more names', () => {
    const yaml = 'admin: { listen: ":4200", hosts: [Admin.Example.com, "::1"] }'
    expect(adminOf(yaml)).toEqual({
      listen: { host: '0.0.0.0', port: 4200 },
      hosts: ['admin.example.com', '::1'],
    })
  })

  it('can be off', () => {
    expect(adminOf('admin: false')).toBe(false)
  })

  it.each([
    ['admin: { listen: 4101 }', 'admin.listen: must be host:port, such as 127.0.0.1:4101'],
    ['admin: { listen: "127.0.0.1" }', 'admin.listen: must be host:port'],
    ['admin: { listen: "127.0.0.1:99999" }', 'admin.listen: must be host:port'],
    ['admin: { hosts: ["https://x"] }', 'admin.hosts[0]: must be a host name'],
    ['admin: { hosts: ["x:80"] }', 'admin.hosts[0]: must be a host name'],
    ['admin: { port: 1 }', 'unknown key "port"'],
    ['admin: true', 'admin: must be false, or a mapping of listen, hosts, not true'],
    ['admin: off', 'must be false, or a mapping of listen, hosts, not "off"'],
    [
      'admin: { listen: "127.0.0.1:4100" }',
      'is taken by server.listen; choose another port, such as 127.0.0.1:4101',
    ],
    ['admin: { listen: "0.0.0.0:4100" }', 'is taken by server.listen'],
    ['server: { listen: "127.0.0.1:4101" }', 'is taken by server.listen'],
  ])('%s is refused', (yaml, words) => {
    const problems = adminOf(yaml)
    expect(problems).toEqual([expect.stringContaining(words)])
  })

  it('leaves both ports to the system', () => {
    const yaml = 'server: { listen: "127.0.0.1:0" }\nadmin: { listen: "127.0.0.1:0" }'
    expect(adminOf(yaml)).toMatchObject({ listen: { port: 0 } })
  })

  it('gives way to the command line', () => {
    const adminListen = { host: '127.0.0.1', port: 5000 }
    const context = { environment, facts: smallFacts, generation: 1, adminListen }
    for (const yaml of ['', 'admin: false', 'admin: { hosts: [x] }']) {
      const content = Buffer.from(`${providers}${yaml}`)
      const outcome = configurationFromContent(content, 'waybill.yaml', context)
      expect(outcome.ok && outcome.settings.admin).toMatchObject({ listen: adminListen })
    }
    const outcome = configurationFromEnvironment(context)
    expect(outcome.ok && outcome.settings.admin).toMatchObject({ listen: adminListen })
  })
})

describe('the place commands look for', () => {
  const usual = { listen: { host: '127.0.0.1', port: 4101 }, dataDirectory: '.waybill' }

  it.each([
    ['no file', null, usual],
    ['an empty file', '', usual],
    ['no YAML', '{', usual],
    ['something else', '- a list', usual],
    ['a file without either', providers, usual],
    ['both broken', 'admin: 5\nstore: nowhere', usual],
    ['off', 'admin: false', { ...usual, listen: null }],
    [
      'both',
      'admin: { listen: "[::1]:5000" }\nstore: sqlite:/var/lib/waybill/waybill.db\nprovidrs: {}',
      { listen: { host: '::1', port: 5000 }, dataDirectory: '/var/lib/waybill' },
    ],
  ])('%s', (_what, text, place) => {
    expect(adminPlaceIn(text)).toEqual(place)
  })
})

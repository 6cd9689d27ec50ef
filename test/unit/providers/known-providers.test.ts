import { describe, expect, it } from 'vitest'
import { findKnownProvider, knownProviders } from '../../../src/providers/index.ts'

describe('the known providers', () => {
  it('are found by id, and only by that', () => {
    for (const known of knownProviders) expect(findKnownProvider(known.id)).toBe(known)
    expect(findKnownProvider('nobody')).toBeNull()
    expect(findKnownProvider('toString')).toBeNull()
  })

  it('have names of their own', () => {
    const names = knownProviders.flatMap(({ id, otherNames }) => [id, ...(otherNames ?? [])])
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
    expect(names.filter((name) => name !== name.toLowerCase())).toEqual([])
  })

  it.each(knownProviders)('$id is complete', ({ reach, keys, addressVariables, local, id }) => {
    const variables = [
      ...keys.flatMap((source) => source.variables),
      ...(addressVariables ?? []).map(({ variable }) => variable),
    ]
    expect(variables.length).toBeGreaterThan(0)
    for (const variable of variables) expect(variable).toMatch(/^[A-Z][A-Z0-9_]*$/)
    if (reach.kind === 'sdk') {
      expect(reach.sdk).toMatch(/^@ai-sdk\//)
      return
    }
    expect(reach.addresses.length).toBeGreaterThan(0)
    for (const { dialect, baseUrl } of reach.addresses) {
      if (baseUrl === null) {
        expect(addressVariables?.length, `${id} ${dialect}`).toBeGreaterThan(0)
        continue
      }
      expect(baseUrl).toMatch(local ? /^http:\/\/127\.0\.0\.1:\d+\/v1$/ : /^https:\/\//)
      expect(baseUrl).not.toMatch(/\/$/)
      // The version belongs to the base address: these three publish none.
      const unversioned = ['https://api.deepseek.com', 'https://api.perplexity.ai']
      const versioned = /\/v\d+(beta)?(\/openai)?$|\/inference$/.test(baseUrl)
      expect(versioned || unversioned.includes(baseUrl), baseUrl).toBe(true)
    }
    const dialects = reach.addresses.map(({ dialect }) => dialect)
    expect(new Set(dialects).size).toBe(dialects.length)
    for (const name of Object.keys(reach.headers)) expect(name).toBe(name.toLowerCase())
  })

  it('speak the dialects their owners made', () => {
    const spoken = (id: string): string[] => {
      const reach = findKnownProvider(id)?.reach
      return reach?.kind === 'http' ? reach.addresses.map(({ dialect }) => dialect) : []
    }
    expect(spoken('openai')).toEqual(['openai', 'openai-responses'])
    expect(spoken('anthropic')).toEqual(['anthropic'])
    expect(spoken('google')).toEqual(['gemini', 'openai'])
  })

  it('have the quirks their Chat Completions are known for', () => {
    const quirks = (id: string) => findKnownProvider(id)?.quirks
    expect(quirks('mistral')).toMatchObject({
      nineCharacterCallIds: true,
      refusedFields: 'user seed',
      noStreamOptions: true,
    })
    for (const id of ['deepseek', 'moonshot', 'zai']) {
      expect(quirks(id), id).toMatchObject({ reasoningField: 'reasoning_content' })
    }
  })

  it('never take a bearer token of the user’s other tools unasked', () => {
    const general = knownProviders.flatMap(({ keys }) =>
      keys.filter((source) => source.generalPurpose).flatMap((source) => source.variables),
    )
    expect(general).toEqual(
      expect.arrayContaining(['GITHUB_TOKEN', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']),
    )
  })
})

import { failed, failure, type Outcome, ok } from '../../core/failure.ts'
import { isObject } from '../../core/json.ts'

/** Makes a provider from its options: `createAmazonBedrock`, `createMistral`. */
export type ProviderFactory = (options: object) => unknown

/**
 * The one export of a package that makes a provider. `wanted` is the name after `#` in
 * `package#name`. Old names of a function count once (`createVertex` is `createGoogleVertex`).
 */
export function findFactory(
  module: unknown,
  packageName: string,
  wanted: string | null,
): Outcome<ProviderFactory> {
  const factories = factoriesOf(module)
  const names = [...factories.keys()]
  if (wanted !== null) {
    const factory = factories.get(wanted)
    return factory === undefined ? refusal(noSuchFactory(packageName, wanted, names)) : ok(factory)
  }
  const lastSegment = packageName.slice(packageName.lastIndexOf('/') + 1).replaceAll('-', '')
  const namesake = names.find((name) => name.toLowerCase() === `create${lastSegment}`)
  const chosen = namesake === undefined ? onlyOne(factories) : factories.get(namesake)
  if (chosen !== undefined) return ok(chosen)
  if (names.length > 0) return refusal(severalFactories(packageName, names))
  return refusal(
    `The package ${packageName} is no AI SDK provider package: it exports no create… function. ` +
      'Correct `sdk` in the configuration.',
  )
}

function noSuchFactory(packageName: string, wanted: string, names: readonly string[]): string {
  const offered = names.length === 0 ? 'no create… function' : names.join(', ')
  return `The provider package ${packageName} has no ${wanted}, but ${offered}: correct \`sdk\`.`
}

function severalFactories(packageName: string, names: readonly string[]): string {
  return (
    `The provider package ${packageName} makes several kinds of provider (${names.join(', ')}): ` +
    `write the one you mean as \`sdk: "${packageName}#${names[0]}"\`.`
  )
}

const refusal = (message: string): Outcome<never> =>
  failed(failure('internal', message, { retry: 'other' }))

/** CommonJS packages may carry their exports under `default`. */
function factoriesOf(module: unknown): Map<string, ProviderFactory> {
  const found = new Map<string, ProviderFactory>()
  if (!isObject(module)) return found
  const fallback: unknown = module['default']
  const exported = { ...(isObject(fallback) ? fallback : {}), ...module }
  for (const [name, value] of Object.entries<unknown>(exported)) {
    if (/^create[A-Z]/.test(name) && isFactory(value)) found.set(name, value)
  }
  return found
}

function isFactory(value: unknown): value is ProviderFactory {
  return typeof value === 'function'
}

function onlyOne(factories: ReadonlyMap<string, ProviderFactory>): ProviderFactory | undefined {
  const distinct = new Set(factories.values())
  return distinct.size === 1 ? [...distinct][0] : undefined
}

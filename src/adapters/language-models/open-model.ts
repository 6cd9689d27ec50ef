import { failed, failure, type Outcome, ok } from '../../core/failure.ts'
import type { JsonObject } from '../../core/json.ts'
import type { LanguageModelCall } from '../../gateway/ports.ts'
import { findFactory } from './find-factory.ts'
import { importInstalled, PackageNotInstalled, packageNameOf } from './import-package.ts'
import { createPatientFetch } from './patient-fetch.ts'

/** A language model of an AI SDK provider package, of specification v2, v3 or v4. */
export interface SdkModel {
  readonly specificationVersion: string
  doGenerate(options: object): PromiseLike<unknown>
  doStream(options: object): PromiseLike<unknown>
}

export type OpenModel = (call: LanguageModelCall) => Promise<Outcome<SdkModel>>

/**
 * Opens models. A package is imported once; a provider is made once per key and options (some keep
 * tokens or connections) and forgotten together with the configuration its options belong to.
 */
export function createModelOpener(importPackage = importInstalled): OpenModel {
  const packages = new Map<string, Promise<unknown>>()
  const providers = new WeakMap<JsonObject, Map<string, unknown>>()
  const fetch = createPatientFetch()

  const load = (name: string): Promise<unknown> => {
    const loading = packages.get(name) ?? importPackage(name)
    packages.set(name, loading)
    // Not remembered when it fails: the package may be installed while the gateway runs.
    loading.catch(() => packages.delete(name))
    return loading
  }

  const openProvider = async (call: LanguageModelCall): Promise<Outcome<unknown>> => {
    const known = providers.get(call.options) ?? new Map<string, unknown>()
    providers.set(call.options, known)
    const key = `${call.sdk}\n${call.apiKey ?? ''}`
    if (known.has(key)) return ok(known.get(key))
    const [name = '', wanted = null] = call.sdk.split('#')
    const loaded = await loadOrExplain(load, name)
    if (!loaded.ok) return loaded
    const factory = findFactory(loaded.value, name, wanted)
    if (!factory.ok) return factory
    const apiKey = call.apiKey === null ? {} : { apiKey: call.apiKey }
    const provider = factory.value({ ...call.options, ...apiKey, fetch })
    known.set(key, provider)
    return ok(provider)
  }

  return async (call) => {
    const provider = await openProvider(call)
    return provider.ok ? modelOf(provider.value, call) : provider
  }
}

async function loadOrExplain(
  load: (name: string) => Promise<unknown>,
  name: string,
): Promise<Outcome<unknown>> {
  try {
    return ok(await load(name))
  } catch (error) {
    const message =
      error instanceof PackageNotInstalled
        ? `The provider package ${name} is not installed: run npm install ${packageNameOf(name)}`
        : `The provider package ${name} could not be loaded: ${messageOf(error)}`
    return failed(failure('unreachable', message, { retry: 'other' }))
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function modelOf(provider: unknown, call: LanguageModelCall): Outcome<SdkModel> {
  const model = hasLanguageModel(provider)
    ? provider.languageModel(call.model)
    : isCallable(provider)
      ? provider(call.model)
      : null
  if (isSdkModel(model)) return ok(model)
  return failed(
    failure(
      'internal',
      `The provider package ${call.sdk} offers no language model Waybill can use ` +
        `(AI SDK 5 or later): run npm install ${packageNameOf(call.sdk)}@latest`,
      { retry: 'other' },
    ),
  )
}

function hasLanguageModel(
  value: unknown,
): value is { languageModel: (modelId: string) => unknown } {
  const found = typeof value === 'object' || typeof value === 'function' ? value : null
  return found !== null && 'languageModel' in found && typeof found.languageModel === 'function'
}

function isCallable(value: unknown): value is (modelId: string) => unknown {
  return typeof value === 'function'
}

/** Later versions than v4 are read as v4: what they share still works. v1 shares too little. */
function isSdkModel(value: unknown): value is SdkModel {
  if (typeof value !== 'object' || value === null) return false
  if (!('doGenerate' in value && 'doStream' in value && 'specificationVersion' in value)) {
    return false
  }
  const methods = typeof value.doGenerate === 'function' && typeof value.doStream === 'function'
  return methods && /^v([2-9]|\d\d)$/.test(String(value.specificationVersion))
}

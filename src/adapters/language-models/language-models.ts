import type { Failure } from '../../core/failure.ts'
import type { UpstreamError } from '../../dialects/dialect.ts'
import type { LanguageModels } from '../../gateway/ports.ts'
import { createModelOpener } from './open-model.ts'
import { runCall } from './run-call.ts'

export interface LanguageModelsOptions {
  /** Reads an error answer: `classifyFailure` of the Chat Completions codec fits all packages. */
  readonly classify: (error: UpstreamError) => Failure
  /** Imports a provider package; from the working directory, else Waybill's own, when left out. */
  readonly importPackage?: (name: string) => Promise<unknown>
}

/** Providers reached through packages of AI SDK 5 and later, such as `@ai-sdk/amazon-bedrock`. */
export function createLanguageModels(options: LanguageModelsOptions): LanguageModels {
  const open = createModelOpener(options.importPackage)
  return {
    start: (call, observer) => runCall(call, observer, open, options.classify),
  }
}

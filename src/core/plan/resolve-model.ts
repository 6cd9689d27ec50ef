import type { Catalog, Policy } from '../catalog.ts'
import { type Failure, failed, failure, type Outcome, ok } from '../failure.ts'
import { didYouMean } from '../near-names.ts'
import { findModel, withoutGeminiPrefix } from './find-model.ts'
import type { Resolved } from './make-plan.ts'
import { modelNamesNear } from './model-names.ts'

/**
 * What the model name of a request stands for: `waybill/auto` where the policy enables it, a public
 * name or synonym, a `provider/model`, or a bare model id that exactly one enabled provider is known
 * to serve. Otherwise `model_not_found` with near names the policy allows, or `forbidden` when it
 * exists and the policy does not allow it.
 */
export function resolveModel(asked: string, catalog: Catalog, policy: Policy): Outcome<Resolved> {
  const found = findModel(asked, catalog, policy)
  switch (found.as) {
    case 'alias':
    case 'target':
    case 'model-id':
      return ok(found)
    case 'forbidden':
      return refused(
        'forbidden',
        `Policy "${policy.name}" does not allow the model "${shown(asked)}".`,
        'GET /v1/models lists those it allows.',
      )
    case 'auto-disabled':
      return refused(
        'model_not_found',
        `Policy "${policy.name}" does not enable waybill/auto.`,
        'Ask for a model by name (GET /v1/models lists them), or have `auto` added to the policy.',
      )
    case 'disabled':
      return refused(
        'model_not_found',
        `Provider "${found.provider.id}" is disabled, so "${shown(asked)}" is not served.`,
      )
    case 'several': {
      const choices = found.targets.map((target) => `"${target.name}"`).join(' or ')
      return refused(
        'model_not_found',
        `More than one provider serves "${shown(asked)}". Say which one you mean: ${choices}.`,
      )
    }
    case 'unknown': {
      const near = didYouMean(modelNamesNear(withoutGeminiPrefix(asked), catalog, policy))
      return refused(
        'model_not_found',
        `The model "${shown(asked)}" does not exist here.${near}`,
        'GET /v1/models lists what can be asked for.',
      )
    }
  }
}

function refused(
  failureClass: 'model_not_found' | 'forbidden',
  ...sentences: readonly string[]
): { ok: false; failure: Failure } {
  return failed(failure(failureClass, sentences.join(' '), { param: 'model' }))
}

/** Clients choose the length of what they ask for, not that of our answers and records. */
function shown(asked: string): string {
  return asked.length > 100 ? `${asked.slice(0, 100)}…` : asked
}

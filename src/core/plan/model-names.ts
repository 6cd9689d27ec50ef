import type { Catalog, Policy } from '../catalog.ts'
import { nearNames } from '../near-names.ts'
import { autoModel } from './auto.ts'
import { findModel } from './find-model.ts'

/** What could have been meant by a model name that does not exist: only names that would work. */
export function modelNamesNear(asked: string, catalog: Catalog, policy: Policy): string[] {
  return nearNames(asked, names(asked.includes('/'), catalog), 12)
    .filter((name) => {
      const { as } = findModel(name, catalog, policy)
      return as === 'alias' || as === 'target' || as === 'model-id'
    })
    .slice(0, 3)
}

/** Every name that is known here, bare or as `provider/model`, like the one that was asked for. */
function* names(withProvider: boolean, catalog: Catalog): Generator<string> {
  yield autoModel
  yield* catalog.aliases.keys()
  for (const target of catalog.targets.values()) {
    yield withProvider ? target.name : target.model
  }
  for (const provider of catalog.providers.values()) {
    for (const model of catalog.facts.modelsOf(provider.knownAs)) {
      yield withProvider ? `${provider.id}/${model}` : model
    }
  }
}

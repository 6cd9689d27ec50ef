import { type StrategyName, strategyNames } from '../core/catalog.ts'
import { didYouMean, nearNames } from '../core/near-names.ts'

/** The strategies a list separated by commas names, or one sentence that says what is wrong with it. */
export function chosenStrategies(list: string): StrategyName[] | string {
  const chosen: StrategyName[] = []
  for (const asked of list.split(',').map((name) => name.trim())) {
    const known = strategyNames.find((name) => name === asked)
    if (known === undefined) {
      const near = didYouMean(nearNames(asked, strategyNames))
      return `--strategy: "${asked}" is no strategy; take some of ${strategyNames.join(', ')}.${near}`
    }
    if (!chosen.includes(known)) chosen.push(known)
  }
  return chosen
}

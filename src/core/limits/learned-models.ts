import { arrayAt, type JsonValue, stringAt } from '../json.ts'
import { LearnedModel } from './learned-model.ts'
import { hasLengths } from './usual-lengths.ts'

/** Clients choose names, so what is kept has to end somewhere: at 8 MB. */
const mostHistograms = 2_048

/** What was learned of each name clients ask for. The one that was not heard of longest goes first. */
export class LearnedModels {
  readonly #models = new Map<string, LearnedModel>()
  #histograms = 0

  get(name: string): LearnedModel | undefined {
    return this.#models.get(name)
  }

  /** Hands out what is known of the name to have something added. */
  change(name: string, add: (known: LearnedModel) => void): void {
    const known = this.#models.get(name) ?? new LearnedModel()
    // Taken out and put back: the map is in the order in which they were heard of.
    if (this.#models.delete(name)) this.#histograms -= known.histograms
    add(known)
    this.#models.set(name, known)
    this.#histograms += known.histograms
    for (const [oldest, { histograms }] of this.#models) {
      if (this.#histograms <= mostHistograms || oldest === name) break
      this.#models.delete(oldest)
      this.#histograms -= histograms
    }
  }

  snapshot(): JsonValue {
    return [...this.#models].map(([name, known]) => ({ name, ...known.snapshot() }))
  }

  restore(from: JsonValue | undefined): void {
    for (const model of arrayAt({ models: from }, 'models')) {
      const name = stringAt(model, 'name')
      if (name === null || !hasLengths(arrayAt(model, 'output'))) continue
      this.change(name, (known) => known.restore(model))
    }
  }
}

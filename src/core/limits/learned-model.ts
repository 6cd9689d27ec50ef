import { promptSize } from '../health/prompt-sizes.ts'
import { arrayAt, type JsonObject, type JsonValue, stringAt } from '../json.ts'
import { InputRatio } from './input-ratio.ts'
import { hasLengths, UsualLengths } from './usual-lengths.ts'

/** By the size of the prompt: what is asked differs with it, and so do the replies. */
type BySize = (UsualLengths | undefined)[]

const sizeCount = promptSize(Number.MAX_SAFE_INTEGER) + 1

/** Policies are configured; more than these at one model are not kept apart. */
const mostPolicies = 16

/** All that is known of the replies to one name. */
export class LearnedModel {
  readonly input = new InputRatio()
  readonly output = new UsualLengths()
  readonly #policies = new Map<string, BySize>()
  /** Of which each takes 4 KB. */
  histograms = 1

  /** Replies to requests of this policy and size; undefined: none was seen. */
  alike(policy: string, inputTokens: number): UsualLengths | undefined {
    return this.#policies.get(policy)?.[promptSize(inputTokens)]
  }

  /** `cut`: the reply ended where the client's limit on it was. */
  learn(policy: string, inputTokens: number, outputTokens: number, cut: boolean): void {
    const own = this.#ofSize(policy, promptSize(inputTokens))
    for (const lengths of own === null ? [this.output] : [this.output, own]) {
      if (cut) lengths.addAtLeast(outputTokens)
      else lengths.add(outputTokens)
    }
  }

  snapshot(): JsonObject {
    return {
      input: this.input.snapshot(),
      output: this.output.snapshot(),
      policies: [...this.#policies].map(([name, sizes]) => ({
        name,
        // A size that was not seen is a hole, and stays one as null.
        output: Array.from(sizes, (lengths) => lengths?.snapshot() ?? null),
      })),
    }
  }

  restore(from: JsonValue): void {
    this.input.restore(arrayAt(from, 'input'))
    this.output.restore(arrayAt(from, 'output'))
    for (const policy of arrayAt(from, 'policies')) {
      const name = stringAt(policy, 'name')
      const found = arrayAt(policy, 'output').slice(0, sizeCount)
      for (const [size, lengths] of found.entries()) {
        if (name !== null && hasLengths(lengths)) this.#ofSize(name, size)?.restore(lengths)
      }
    }
  }

  #ofSize(policy: string, size: number): UsualLengths | null {
    let sizes = this.#policies.get(policy)
    if (sizes === undefined) {
      if (this.#policies.size >= mostPolicies) return null
      sizes = []
      this.#policies.set(policy, sizes)
    }
    let own = sizes[size]
    if (own === undefined) {
      own = new UsualLengths()
      sizes[size] = own
      this.histograms++
    }
    return own
  }
}

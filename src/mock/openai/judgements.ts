import type { JsonObject } from '../../core/json.ts'
import { arrayAt, numberAt, stringAt } from '../../core/json.ts'
import { hashSeed } from '../../core/random.ts'
import type { Ask } from '../request/ask.ts'
import { textOf } from '../request/texts.ts'

const categories = ['harassment', 'hate', 'illicit', 'self-harm', 'sexual', 'violence']

/** Flags an input that contains the word `flag`, and nothing else. */
export function moderationReply({ body, model }: Ask): JsonObject {
  const input = body['input']
  const inputs = Array.isArray(input) ? input.map(textOf) : [textOf(input)]
  return {
    id: `modr-mock${hashSeed(inputs.join('\n')).toString(16)}`,
    model,
    results: inputs.map((text) => {
      const flagged = /\bflag\b/i.test(text)
      const hit = (category: string) => flagged && category === 'violence'
      return {
        flagged,
        categories: Object.fromEntries(categories.map((name) => [name, hit(name)])),
        category_scores: Object.fromEntries(
          categories.map((name) => [name, hit(name) ? 0.9 : 0.0001]),
        ),
      }
    }),
  }
}

const SCORE_STEPS = 10_000

/** Scores documents by words shared with the query; ties fall by a hash, so order is fixed. */
export function rerankReply({ body, model }: Ask): JsonObject {
  const query = (stringAt(body, 'query') ?? '').toLowerCase().split(/\W+/)
  const documents = arrayAt(body, 'documents').map(textOf)
  const results = documents
    .map((text, index) => ({ index, relevance_score: score(query, text) }))
    .sort((a, b) => b.relevance_score - a.relevance_score)
    .slice(0, numberAt(body, 'top_n') ?? documents.length)
  const tokens = Math.ceil(documents.join(' ').length / 4)
  return { id: `rerank-mock${results.length}`, model, results, usage: { total_tokens: tokens } }
}

function score(query: readonly string[], text: string): number {
  const words = new Set(text.toLowerCase().split(/\W+/))
  const shared = query.filter((word) => words.has(word)).length
  const tie = (hashSeed(text) % SCORE_STEPS) / SCORE_STEPS / 10
  return Math.round(((shared / query.length) * 0.9 + tie) * SCORE_STEPS) / SCORE_STEPS
}

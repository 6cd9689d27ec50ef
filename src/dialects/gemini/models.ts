/** What differs between generations of Gemini, told from the model's name. */

/**
 * From Gemini 3 on: thinking by level, signatures demanded, media in tool results, JSON with tools.
 * Names without a number (`gemini-flash-latest`) stand for the newest.
 */
export function isGemini3(model: string): boolean {
  const generation = /gemini-(\d+)/.exec(model)?.[1]
  if (generation === undefined) return /gemini-[a-z-]+-latest/.test(model)
  return Number(generation) >= 3
}

/** Models before 2.5, and Gemma 3, refuse a request that mentions thinking. */
export function cannotThink(model: string): boolean {
  return /gemini-(?:1\.|2\.0)|gemma-3|learnlm/.test(model)
}

export function isPro(model: string): boolean {
  return /-pro\b/.test(model)
}

export function isLite(model: string): boolean {
  return /-lite\b/.test(model)
}

/**
 * * OpenAI's reasoning models take only the default temperature, top_p and penalties, and only the
 * newer name of the output limit; anything else is a 400 for the whole request.
 */
export function refusesSampling(model: string): boolean {
  return /(?:^|\/)(?:o[1-9]|gpt-5)(?!.*chat)/i.test(model)
}

/** Models that never reason refuse to be told how much; the names of those widely served. */
export function cannotReason(model: string): boolean {
  return /(?:^|\/)(?:gpt-[34]|chatgpt-4|(?:meta-)?llama|mixtral|ministral|codestral|gemma)/i.test(
    model,
  )
}

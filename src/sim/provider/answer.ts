import type { Failure } from '../../core/failure.ts'

/** What a provider will do with one call; times in milliseconds since it takes the call on. */
export type Answer =
  | { readonly kind: 'reply'; readonly firstTokenMs: number; readonly msPerToken: number }
  | { readonly kind: 'failure'; readonly afterMs: number; readonly failure: Failure }
  /** It takes the call and never says anything. */
  | { readonly kind: 'silence' }

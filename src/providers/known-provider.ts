import type { AuthStyle } from '../core/catalog.ts'
import type { Dialect } from '../core/request.ts'
import type { Quirks } from '../dialects/dialect.ts'

/** What is known of a provider before anybody configures it: data, one object per provider. */
export interface KnownProvider {
  /** The name it has in a configuration. */
  readonly id: string
  /** As it writes itself. */
  readonly name: string
  /** What people call it elsewhere, for "did you mean". */
  readonly otherNames?: readonly string[]
  readonly reach: KnownReach
  /** Where its key is usually found, the preferred place first. Empty: it needs none. */
  readonly keys: readonly KeySource[]
  /** Variables that move its address, the preferred one first. */
  readonly addressVariables?: readonly AddressVariable[]
  readonly quirks: Quirks
  /** Its id in the price tables of genai-prices; null where they do not have it. */
  readonly pricedAs: string | null
  /** The id there whose naming rule its models follow, where that is another one. */
  readonly namedAs?: string
  /**
   * It makes the models it serves, so a bare model id leads to it; resellers are asked for by
   * name.
   */
  readonly firstParty: boolean
  /** Runs on the user's own machine and needs no key. */
  readonly local: boolean
}

export type KnownReach =
  | {
      readonly kind: 'http'
      /** What stands before the paths of each dialect, version included; the first is preferred. */
      readonly addresses: readonly KnownAddress[]
      readonly auth: AuthStyle
      /** Sent with every request, lower-case names. */
      readonly headers: Readonly<Record<string, string>>
    }
  | { readonly kind: 'sdk'; readonly sdk: string }

export interface KnownAddress {
  readonly dialect: Dialect
  /** null: every account has its own, so the configuration must say. */
  readonly baseUrl: string | null
}

/**
 * Variables that hold a credential. All of them must be set; an AI SDK package reads its own by
 * itself.
 */
export interface KeySource {
  readonly variables: readonly string[]
  /** How this credential travels, where it differs from the provider's usual way. */
  readonly auth?: AuthStyle
  /** Where this credential belongs, when that is not the usual address. */
  readonly baseUrl?: string
  /** Set on many machines for other reasons: not enough to enable the provider unasked. */
  readonly generalPurpose?: true
}

export interface AddressVariable {
  readonly variable: string
  /** The base address, with `{}` in place of the value. */
  readonly baseUrl: string
}

/** What is configured about regions. All names in lower case. */
export interface Regions {
  /** A header a proxy of the operator's own sets (`cf-ipcountry`); null: only `x-waybill-region`. */
  readonly header: string | null
  /** What the header says → the region it means: `de` → `eu-central`. */
  readonly names: ReadonlyMap<string, string>
  /** Region of clients → regions of providers, nearest first. */
  readonly near: ReadonlyMap<string, readonly string[]>
}

/** What a client says about its region with every request. */
export const regionHeader = 'x-waybill-region'

/** Longer ones are no names of regions; they would only fill the records. */
const longestRegion = 64

/**
 * The region of a client, lower case, from its own header or else from the one the configuration
 * trusts; null when neither says anything usable. `headers` have lower-case names.
 */
export function clientRegion(
  headers: Readonly<Record<string, string | undefined>>,
  regions: Regions | null,
): string | null {
  const said = headers[regionHeader] ?? (regions?.header ? headers[regions.header] : undefined)
  const region = said?.trim().toLowerCase() ?? ''
  if (region === '' || region.length > longestRegion) return null
  return regions?.names.get(region) ?? region
}

/** How near a provider's region is to a client: 0 is the same, then as configured; null is unknown. */
export function nearness(client: string, provider: string, regions: Regions | null): number | null {
  if (client === provider) return 0
  const place = regions?.near.get(client)?.indexOf(provider) ?? -1
  return place < 0 ? null : place + 1
}

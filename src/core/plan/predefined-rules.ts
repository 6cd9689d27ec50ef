import { noConditions, type Rule } from './rule.ts'

/**
 * Rules everybody has by name. Their meaning comes from prices, capabilities and measurements, so that
 * it holds for models nobody has heard of yet.
 */
export const predefinedRules: readonly Rule[] = [
  { name: 'budget', when: noConditions, prefer: { by: 'order', order: 'cheapest' } },
  { name: 'quality', when: noConditions, prefer: { by: 'order', order: 'best' } },
  {
    name: 'vision',
    when: { ...noConditions, needs: [{ need: 'vision', is: true }] },
    prefer: { by: 'order', order: 'capable' },
  },
  { name: 'fast', when: noConditions, prefer: { by: 'order', order: 'fastest' } },
  { name: 'region', when: noConditions, prefer: { by: 'order', order: 'nearest' } },
]

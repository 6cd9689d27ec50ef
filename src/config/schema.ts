import { z } from 'zod'
import { adminSection } from './schema/admin.ts'
import { clientsSection, policiesSection } from './schema/clients.ts'
import { retryBudgetSection } from './schema/execution.ts'
import { healthSection } from './schema/health.ts'
import { limitsSection } from './schema/limits.ts'
import { modelsSection } from './schema/models.ts'
import { providersSection } from './schema/providers.ts'
import { regionsSection } from './schema/regions.ts'
import { rulesSection } from './schema/rules.ts'
import { serverSection, stateSection, storeSection } from './schema/server.ts'

/** The one definition of a configuration: it checks, it types, and editors get its JSON schema. */
export const configurationSchema = z.strictObject({
  server: serverSection.prefault({}),
  admin: adminSection.prefault({}),
  store: storeSection.prefault('sqlite:.waybill/waybill.db'),
  state: stateSection.default('memory'),
  providers: providersSection,
  models: modelsSection.default({}),
  rules: rulesSection.default([]),
  regions: regionsSection.optional(),
  retryBudget: retryBudgetSection,
  health: healthSection.prefault({}),
  policies: policiesSection.default({}),
  clients: clientsSection.default({}),
  limits: limitsSection,
})

/**
 * What the schema makes of a document: defaults filled in, units converted, secrets still as
 * written.
 */
export type ConfigurationDocument = z.output<typeof configurationSchema>

/** JSON schema (draft 7) of a configuration file, for editors and for the reference. */
export function configurationJsonSchema(): z.core.JSONSchema.BaseSchema {
  return {
    ...z.toJSONSchema(configurationSchema, { io: 'input', target: 'draft-7' }),
    title: 'Waybill configuration',
  }
}

import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { configurationReference, configurationSchemaText } from './configuration-reference.ts'

/** Writes what is generated from the configuration schema; a test checks that it was. */
const root = path.resolve(import.meta.dirname, '..')
writeFileSync(path.join(root, 'schema/waybill.schema.json'), configurationSchemaText())
writeFileSync(path.join(root, 'docs/reference/configuration.md'), configurationReference())

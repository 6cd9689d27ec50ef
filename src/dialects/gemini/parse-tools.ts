import type { Tool, ToolChoice } from '../../core/conversation.ts'
import { isObject, type JsonObject } from '../../core/json.ts'
import { field } from './fields.ts'
import {
  type Reading,
  readObject,
  readObjects,
  readText,
  readTexts,
  refuse,
  refuseHere,
  warn,
} from './reading.ts'
import { toJsonSchema } from './schema.ts'

/** Functions the client runs. Google's own tools run at Google and are refused by name. */
export function parseTools(body: JsonObject, reading: Reading): Tool[] {
  return readObjects(reading, body, 'tools', 'tools').flatMap((tool, index) => {
    const path = `tools[${index}]`
    for (const [name, value] of Object.entries(tool)) {
      if (value === null || name === 'functionDeclarations' || name === 'function_declarations') {
        continue
      }
      const message = `${path}.${name} is a tool that only Google runs; use a Gemini target for it.`
      refuseHere(reading, `${path}.${name}`, message)
    }
    const at = `${path}.functionDeclarations`
    return readObjects(reading, tool, 'functionDeclarations', at).map((declaration, position) =>
      parseDeclaration(declaration, `${at}[${position}]`, reading),
    )
  })
}

function parseDeclaration(declaration: JsonObject, at: string, reading: Reading): Tool {
  const name = readText(reading, declaration, 'name', `${at}.name`) ?? ''
  if (name === '') refuse(reading, `${at}.name`, `${at}.name is missing: name the function.`)
  const openApi = readObject(reading, declaration, 'parameters', `${at}.parameters`)
  const jsonSchema = readObject(
    reading,
    declaration,
    'parametersJsonSchema',
    `${at}.parametersJsonSchema`,
  )
  return {
    name,
    description: readText(reading, declaration, 'description', `${at}.description`) || null,
    parameters: jsonSchema ?? (openApi === null ? null : toJsonSchema(openApi)),
    strict: null,
  }
}

/** The numbers stand for the words in bodies with `enum-encoding=int`. */
const modes: Readonly<Record<string, ToolChoice['type'] | 'validated' | null>> = {
  '0': null,
  '1': 'auto',
  '2': 'required',
  '3': 'none',
  '4': 'validated',
  MODE_UNSPECIFIED: null,
  AUTO: 'auto',
  ANY: 'required',
  NONE: 'none',
  VALIDATED: 'validated',
}

export function parseToolChoice(body: JsonObject, reading: Reading): ToolChoice | null {
  const toolConfig = readObject(reading, body, 'toolConfig', 'toolConfig')
  const config = toolConfig === null ? undefined : field(toolConfig, 'functionCallingConfig')
  if (!isObject(config)) return null
  const at = 'toolConfig.functionCallingConfig'
  const asked = field(config, 'mode') ?? 'MODE_UNSPECIFIED'
  const mode = modes[String(asked).toUpperCase()]
  if (mode === undefined) {
    refuse(reading, `${at}.mode`, `${at}.mode must be AUTO, ANY, NONE or VALIDATED.`)
    return null
  }
  const names = readTexts(reading, config, 'allowedFunctionNames', `${at}.allowedFunctionNames`)
  const [only, ...others] = names
  if (mode === 'required' && only !== undefined && others.length === 0) {
    return { type: 'tool', name: only }
  }
  if (names.length > 0 && mode !== 'none') {
    warn(reading, 'allowedFunctionNames is left out: this provider may call any of the functions.')
  }
  if (mode === 'validated') {
    warn(reading, 'Mode VALIDATED is sent as AUTO: arguments may depart from their schema.')
    return { type: 'auto' }
  }
  return mode === null || mode === 'tool' ? null : { type: mode }
}

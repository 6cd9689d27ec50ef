import { z } from 'zod'
import { dialects } from '../../core/request.ts'
import { capabilities } from './capabilities.ts'
import { modelId, name } from './fields.ts'
import { limitsOf } from './limits.ts'
import { price } from './prices.ts'

export { price }

const model = z.strictObject({
  price: price.optional().meta({
    description:
      'What the model costs: `free`, or dollars per million tokens. Default: what is known of it.',
  }),
  contextWindow: z.int().min(1).max(100_000_000).optional().meta({
    description: 'Most tokens of input and output together. Default: what is known of it.',
  }),
  maxOutputTokens: z.int().min(1).max(100_000_000).optional().meta({
    description: 'Most tokens of one reply. Default: what is known of it.',
  }),
  capabilities: capabilities.optional().meta({
    description:
      'What the model can do, true or false. What is left out is as known of it; a request is kept from a model only by what is known to be false.',
  }),
  limits: limitsOf('the model at this provider'),
})

const dialect = z.enum(dialects)

const authForm = 'must be bearer, none, or { header: <name> }'
const headerName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, { error: 'is no header name' })

const auth = z.union(
  [
    z.enum(['bearer', 'none'], { error: authForm }),
    z.strictObject({ header: headerName.meta({ description: 'Header that carries the key.' }) }),
  ],
  { error: authForm },
)

const simulated = z.strictObject({
  timeToFirstTokenMs: z.number().min(0).max(600_000).default(300).meta({
    description: 'Milliseconds from the request to the first token.',
  }),
  tokensPerSecond: z.number().gt(0).max(100_000).default(80).meta({
    description: 'Output tokens per second after the first.',
  }),
  errorRate: z.number().min(0).max(1).default(0).meta({
    description: 'Share of requests answered with an error, 0 to 1.',
  }),
  seed: z.int().min(0).max(4_294_967_295).default(1).meta({
    description: 'Equal seeds give equal replies, delays and errors.',
  }),
})

/** An npm name, the part of the package that is meant, and the function that makes the provider. */
const sdkName =
  /^(@[a-z0-9-~][a-z0-9-._~]*\/)?[a-z0-9-~][a-z0-9-._~]*(\/[a-z0-9-~][a-z0-9-._~]*)*(#create[A-Z]\w*)?$/

const secret = z.string().min(1, { error: 'is empty' })

export const provider = z.strictObject({
  like: z.string().optional().meta({
    description: 'Known provider whose address, dialects, prices and model facts this one shares.',
  }),
  apiKey: secret.optional().meta({
    description: `The key the provider gave you: \`\${NAME}\` takes it from the environment.`,
  }),
  apiKeys: z.array(secret).min(1).optional().meta({
    description: `Several keys, used in turn. \`\${NAME}\` takes one from the environment.`,
  }),
  enabled: z.boolean().default(true).meta({
    description: 'false keeps the provider in the configuration and sends it nothing.',
  }),
  region: z
    .string()
    .regex(/^[\x21-\x7e]{1,64}$/, { error: 'must be a short name without blanks' })
    .optional()
    .meta({ description: 'Where the provider runs, as a label of your own choice.' }),
  dialect: z
    .union([dialect, z.array(dialect).min(1)], {
      error: `must be one of ${dialects.join(', ')}, or a list of them`,
    })
    .optional()
    .meta({ description: 'What the address speaks, one or several; the first is preferred.' }),
  baseUrl: z.string().optional().meta({
    description:
      'What stands before /chat/completions, /responses, /messages or /models: with the version.',
  }),
  headers: z
    .record(headerName, z.string().regex(/^[\x20-\x7e\t]*$/, { error: 'holds a line break' }))
    .optional()
    .meta({ description: 'Headers sent with every request. No place for keys: use `apiKey`.' }),
  auth: auth.optional().meta({
    description:
      'How the key travels: `bearer`, `none`, or `{ header: <name> }`. Left out, it is that of the known provider, else of the dialect: `x-api-key` for anthropic, `x-goog-api-key` for gemini, `bearer` for the rest.',
  }),
  models: z.record(modelId, model).optional().meta({
    description: 'Models by the id the provider knows them by. Those not listed are passed on too.',
  }),
  strict: z.boolean().default(false).meta({
    description: 'true allows only the models listed under `models`.',
  }),
  sdk: z
    .string()
    .regex(sdkName, {
      error: 'must be the name of an AI SDK provider package, such as @ai-sdk/amazon-bedrock',
    })
    .optional()
    .meta({
      description: 'AI SDK provider package to reach it through, installed beside Waybill.',
    }),
  options: z.record(z.string(), z.json()).optional().meta({
    description: `Settings of the AI SDK package; \`\${NAME}\` takes a value from the environment.`,
  }),
  simulated: simulated.optional().meta({
    description: 'Makes this a simulated provider: it answers by itself and calls nobody.',
  }),
  limits: limitsOf('the provider'),
})

export const providersSection = z
  .record(name('a provider id'), provider)
  .meta({ description: 'Upstream accounts by id. Known ids need only a key.' })

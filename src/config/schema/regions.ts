import { z } from 'zod'

const regionName = z
  .string()
  .regex(/^[\x21-\x7e]{1,64}$/, { error: 'must be a short name without blanks' })
  .transform((text) => text.toLowerCase())

export const regionsSection = z
  .strictObject({
    header: z
      .string()
      .regex(/^[A-Za-z0-9-]+$/, { error: 'must be the name of a header, such as cf-ipcountry' })
      .transform((text) => text.toLowerCase())
      .optional()
      .meta({
        description:
          'Header in which a proxy of your own says where clients are, such as cf-ipcountry. `x-waybill-region` comes before it.',
      }),
    names: z.record(regionName, regionName).default({}).meta({
      description: 'What the header says, and the region it means: `de: eu-central`.',
    }),
    near: z.record(regionName, z.array(regionName).min(1)).default({}).meta({
      description: 'Region of clients, and the regions of providers near it, nearest first.',
    }),
  })
  .meta({ description: 'Where clients are, and which providers are near.' })

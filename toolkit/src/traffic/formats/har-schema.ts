import { z } from 'zod'

const headers = z.array(z.object({ name: z.string(), value: z.string() })).default([])
const text = z.object({ text: z.string().optional(), encoding: z.string().optional() })

const postData = text.extend({
  mimeType: z.string().default(''),
  params: z.array(z.object({ name: z.string(), value: z.string().default('') })).optional(),
  _encoding: z.string().optional(),
})

const content = text.extend({ size: z.number().default(0) })

/** What is read of an entry of a HAR 1.2: everything else may be there or not, browsers differ. */
export const harEntrySchema = z.object({
  startedDateTime: z.string().optional(),
  time: z.number().nullish(),
  request: z.object({ method: z.string().min(1), url: z.string().min(1), headers, postData: postData.nullish() }),
  response: z.object({ status: z.number(), headers, content: content.nullish() }),
  _fromCache: z.string().nullish(),
  _banyan: z
    .object({
      id: z.string(),
      route: z.string(),
      capability: z.string().optional(),
      servedBy: z.string(),
      caller: z.string().optional(),
      requestBodyBytes: z.number().optional(),
      responseBodyBytes: z.number().optional(),
    })
    .optional(),
})

/** One entry of a HAR, as read. */
export type HarEntry = z.infer<typeof harEntrySchema>

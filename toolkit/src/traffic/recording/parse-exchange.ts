import { z } from 'zod'
import { type Json, parseJson } from '../../base/index.ts'
import type { Exchange, RecordingHeader } from '../exchange.ts'
import { isWellFormed } from './well-formed.ts'

const headers = z.array(z.tuple([z.string(), z.string()]))
const body = z
  .object({
    encoding: z.enum(['utf8', 'base64']),
    data: z.string(),
    bytes: z.number().nonnegative(),
    truncated: z.boolean(),
    notStored: z.enum(['too-large', 'not-text', 'multipart', 'not-decodable']).optional(),
    digest: z.string().optional(),
  })
  .optional()

/** What an exchange must be; `isWellFormed` says the same of most. */
export const exchangeSchema = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  route: z.string(),
  capability: z.string().optional(),
  servedBy: z.string(),
  caller: z.string().optional(),
  request: z.object({ method: z.string().min(1), target: z.string().min(1), headers, body }),
  response: z.object({ status: z.number().int().min(100).max(999).or(z.literal(0)), headers, body }),
  tookMs: z.number(),
})

const headerSchema = z.object({
  banyanRecording: z.literal(1),
  startedAt: z.string(),
  routes: z.array(z.string()),
  redaction: z.object({ keyId: z.string() }).optional(),
  recording: z.string().optional(),
  part: z.number().int().positive().optional(),
  meta: z.custom<Json>().optional(),
})

/** One line of a recording as an exchange, or what is wrong with it. */
export function parseExchange(
  text: string,
): { readonly ok: true; readonly exchange: Exchange } | { readonly ok: false; readonly why: string } {
  const json = parseJson(text)
  if (json === undefined) return { ok: false, why: 'no JSON' }
  if (isWellFormed(json)) return { ok: true, exchange: known(json) }
  const parsed = exchangeSchema.safeParse(json)
  if (!parsed.success) return { ok: false, why: firstProblem(parsed.error) }
  const { capability, caller, request, response } = parsed.data
  const exchange: Exchange = {
    ...parsed.data,
    capability,
    caller,
    request: { ...request, body: request.body },
    response: { ...response, body: response.body },
  }
  return { ok: true, exchange }
}

/** Its known members, whatever else a line holds. */
function known({ id, at, route, capability, servedBy, caller, request, response, tookMs }: Exchange): Exchange {
  return {
    id,
    at,
    route,
    capability,
    servedBy,
    caller,
    tookMs,
    request: { method: request.method, target: request.target, headers: request.headers, body: request.body },
    response: { status: response.status, headers: response.headers, body: response.body },
  }
}

/** The first line of a recording; `newer` when it says a format that this version does not know. */
export function parseRecordingHeader(
  text: string,
): { readonly ok: true; readonly header: RecordingHeader } | { readonly ok: false; readonly format?: number } {
  const json = parseJson(text)
  const parsed = headerSchema.safeParse(json)
  if (parsed.success) return { ok: true, header: parsed.data }
  const format = z.object({ banyanRecording: z.number() }).safeParse(json)
  return format.success ? { ok: false, format: format.data.banyanRecording } : { ok: false }
}

/** Whether a line is the trailer that ends an edge's stream of exchanges, and how many it left out. */
export function parseTrailer(text: string): { readonly dropped: number } | undefined {
  const parsed = z.object({ end: z.literal(true), dropped: z.number() }).safeParse(parseJson(text))
  return parsed.success ? { dropped: parsed.data.dropped } : undefined
}

function firstProblem(error: z.ZodError): string {
  const issue = error.issues[0]
  return issue === undefined ? 'no exchange' : `${issue.path.join('.')}: ${issue.message}`
}

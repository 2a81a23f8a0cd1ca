import type { Json } from '../../base/index.ts'
import { ownCopy } from './own-copy.ts'
import { type ValueAt, valuesOf } from './whole-values.ts'

const maxBytes = 16 * 1024 * 1024
/** What an answer takes beside its body: small ones would else take many times what is counted. */
const bytesBeside = 600
const keptPerRequest = 3
const maxBodyBytes = 64 * 1024

/** What legacy said earlier to the same request, to know a stale answer by; the requests seen last, in bounded memory. */
export interface EarlierAnswers {
  /** Give every answer of legacy, in the order of a session. */
  add(request: string, body: Buffer): void
  /** Whether a value stood at a path of an earlier, different answer. */
  had(request: string, path: string, value: Json | undefined): boolean
}

interface Earlier {
  readonly body: Buffer
  readonly at: ValueAt
}

/** Starts with none. */
export function buildEarlierAnswers(): EarlierAnswers {
  const byRequest = new Map<string, Earlier[]>()
  let bytes = 0
  const forget = (request: string) => {
    for (const { body } of byRequest.get(request) ?? []) bytes -= body.length + bytesBeside
    byRequest.delete(request)
  }
  return {
    add(request, body) {
      if (body.length === 0 || body.length > maxBodyBytes) return
      const known = byRequest.get(request) ?? []
      // Put last again: those that are not asked for any more are forgotten first.
      byRequest.delete(request)
      byRequest.set(request, known)
      if (known.at(-1)?.body.equals(body)) return
      const kept = ownCopy(body)
      known.push({ body: kept, at: valuesOf({ body: kept }) })
      bytes += body.length + bytesBeside
      const oldest = known.length > keptPerRequest ? known.shift() : undefined
      if (oldest !== undefined) bytes -= oldest.body.length + bytesBeside
      while (bytes > maxBytes) forget(byRequest.keys().next().value ?? '')
    },
    had(request, path, value) {
      if (value === undefined) return false
      const text = JSON.stringify(value)
      return (byRequest.get(request) ?? []).some(({ at }) => JSON.stringify(at(path)) === text)
    },
  }
}

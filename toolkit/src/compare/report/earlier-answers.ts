import type { Json } from '../../base/index.ts'
import { type ValueAt, valuesOf } from './whole-values.ts'

const maxBytes = 16 * 1024 * 1024
/** What an answer takes beside its body: small ones would else take many times what is counted. */
const bytesBeside = 600
const keptPerRequest = 3
const maxBodyBytes = 64 * 1024

/** What legacy said earlier to the same request, to know a stale answer by; the requests seen last, in bounded memory. */
export interface EarlierAnswers {
  /** Give every answer of legacy, in the order of a session. One that says the same as the last, noise aside, adds nothing. */
  add(request: string, body: Buffer, isSame?: (last: Buffer) => boolean): void
  /** Whether a value stood at a path of an earlier, different answer. */
  had(request: string, path: string, value: Json | undefined): boolean
  /** The bodies of the last different answers to a request, the latest last. */
  of(request: string): readonly Buffer[]
}

interface Earlier {
  /** Its bytes as characters: a text of this size costs a fraction of a buffer of its own. */
  readonly body: string
  readonly at: ValueAt
}

/** Few of what is kept is ever asked for. */
function lateValuesOf(text: string): ValueAt {
  let values: ValueAt | undefined
  return (path) => {
    values ??= valuesOf({ body: bytesOf(text) })
    return values(path)
  }
}

function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'latin1')
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
    add(request, body, isSame = () => false) {
      if (body.length === 0 || body.length > maxBodyBytes) return
      const known = byRequest.get(request) ?? []
      // Put last again: those that are not asked for any more are forgotten first.
      byRequest.delete(request)
      byRequest.set(request, known)
      const text = body.toString('latin1')
      const last = known.at(-1)?.body
      if (last !== undefined && (last === text || isSame(bytesOf(last)))) return
      known.push({ body: text, at: lateValuesOf(text) })
      bytes += body.length + bytesBeside
      const oldest = known.length > keptPerRequest ? known.shift() : undefined
      if (oldest !== undefined) bytes -= oldest.body.length + bytesBeside
      while (bytes > maxBytes) forget(byRequest.keys().next().value ?? '')
    },
    of: (request) => (byRequest.get(request) ?? []).map(({ body }) => bytesOf(body)),
    had(request, path, value) {
      if (value === undefined) return false
      const text = JSON.stringify(value)
      return (byRequest.get(request) ?? []).some(({ at }) => JSON.stringify(at(path)) === text)
    },
  }
}

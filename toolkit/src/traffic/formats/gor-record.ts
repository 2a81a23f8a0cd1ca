import { type HttpMessage, parseMessage } from './http-message.ts'

/** What stands between two records of GoReplay's payload file. */
export const gorSeparator = Buffer.from('\n🐵🙈🙉\n')

/** The line before a record's bytes: what it is, whose, when; times in nanoseconds. */
export interface GorMeta {
  readonly type: '1' | '2' | '3'
  readonly id: string
  readonly atNs: bigint
  /** First to last packet of this message; -1 where nobody measured it, and in files of three fields. */
  readonly latencyNs: bigint
}

/** One record, or what is wrong with it. */
export type ParsedRecord =
  | { readonly ok: true; readonly meta: GorMeta; readonly payload: Buffer }
  | { readonly ok: false; readonly why: string }

/** Parses `type id timestamp [latency]`, a line break, and the bytes of a message. */
export function parseGorRecord(bytes: Buffer): ParsedRecord {
  const lineEnd = bytes.indexOf(0x0a)
  if (lineEnd < 0) return { ok: false, why: 'it has no line of its own before the request' }
  const fields = bytes.toString('latin1', 0, Math.min(lineEnd, 400)).trim().split(' ')
  const [type, id = '', at = '', latency = '-1'] = fields
  if (fields.length < 3) return { ok: false, why: `${fields.length} fields before the request; 3 or 4 are allowed` }
  if (type !== '1' && type !== '2' && type !== '3') return { ok: false, why: 'its type is none of 1, 2 and 3' }
  if (!/^\d{1,19}$/.test(at)) return { ok: false, why: 'its time is no number of nanoseconds' }
  const latencyNs = /^-?\d{1,19}$/.test(latency) ? BigInt(latency) : -1n
  return { ok: true, meta: { type, id, atNs: BigInt(at), latencyNs }, payload: bytes.subarray(lineEnd + 1) }
}

/** A request's line taken apart; the target of a proxy's request without its server. */
export function parseRequestLine(startLine: string): { readonly method: string; readonly target: string } | undefined {
  const [, method, target = ''] = /^([!#$%&'*+.^_`|~\w-]+) (\S+) HTTP\/\d(?:\.\d)?$/.exec(startLine) ?? []
  if (method === undefined) return undefined
  const [, path] = /^https?:\/\/[^/?#]*(.*)$/i.exec(target) ?? []
  return { method, target: path === undefined ? target : path.startsWith('/') ? path : `/${path}` }
}

/** An answer's message, past every "100 Continue" before it, and its status. */
export function parseAnswer(
  payload: Buffer,
  toHead: boolean,
): { readonly status: number; readonly message: HttpMessage } | undefined {
  for (let bytes = payload; ; ) {
    const head = parseMessage(bytes, false)
    if (!head.ok) return undefined
    const status = Number(/^HTTP\/\d(?:\.\d)? (\d{3})(?: |$)/.exec(head.message.startLine)?.[1])
    if (!(status >= 100)) return undefined
    if (status >= 200 || status === 101) {
      const parsed = parseMessage(bytes, !toHead && status !== 204 && status !== 304)
      return parsed.ok ? { status, message: parsed.message } : undefined
    }
    bytes = bytes.subarray(bytes.indexOf('\r\n\r\n') + 4)
  }
}

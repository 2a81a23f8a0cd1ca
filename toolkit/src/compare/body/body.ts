import { isUtf8 } from 'node:buffer'
import type { Answer } from '../answer/answer.ts'
import { type ExactPair, parseExactPair } from './exact.ts'
import type { Findings } from './findings.ts'
import { excerpt, firstDifference } from './shorten.ts'
import { TooDeep, walk } from './walk.ts'

const shownBytes = 32

/**
 * Reports where two bodies differ: as JSON values when both are JSON, else as bytes, with one difference at `$`.
 * Of duplicate keys the last counts, as every common parser reads it.
 */
export function compareBodies(legacy: Answer, service: Answer, findings: Findings): void {
  if (legacy.body.equals(service.body)) return
  const pair = mayBeJson(legacy) && mayBeJson(service) ? jsonPair(legacy.body, service.body) : undefined
  if (pair === undefined || !walked(pair, findings)) reportBytes(legacy.body, service.body, findings)
}

/** JSON by its media type (RFC 6839 names `+json`), or by how it begins when no type is given. */
function mayBeJson(answer: Answer): boolean {
  const mediaType = answer.headers.get('content-type')?.[0]?.split(';')[0]?.trim().toLowerCase()
  if (mediaType === undefined || mediaType === '') return true
  return mediaType === 'application/json' || mediaType === 'text/json' || mediaType.endsWith('+json')
}

/** Invalid UTF-8 is left to the bytes: decoding would make unlike bytes alike. */
function jsonPair(legacy: Buffer, service: Buffer): ExactPair | undefined {
  if (!isUtf8(legacy) || !isUtf8(service)) return undefined
  return parseExactPair(legacy.toString('utf8'), service.toString('utf8'))
}

function walked(pair: ExactPair, findings: Findings): boolean {
  const before = findings.save()
  try {
    const add: Findings['add'] = (kind, path, sides) => {
      const [shownKind, shownSides] = pair.shown(kind, sides)
      findings.add(shownKind, path, shownSides)
    }
    walk(pair.legacy, pair.service, { ...findings, add })
    return true
  } catch (thrown) {
    // Too deep to recurse into, also for JSON.stringify: a hostile body, not a fault of ours.
    if (!(thrown instanceof TooDeep) && !(thrown instanceof RangeError)) throw thrown
    findings.restore(before)
    return false
  }
}

function reportBytes(legacy: Buffer, service: Buffer, findings: Findings): void {
  const at = firstDifference(legacy, service)
  findings.add('value', '$', { legacy: describeBytes(legacy, at), service: describeBytes(service, at) })
}

/** `…the text around… (5120 bytes)`, `0x89504e47… (70 bytes)`, `empty (0 bytes)`. */
function describeBytes(body: Buffer, at: number): string {
  if (body.length === 0) return 'empty (0 bytes)'
  const start = Math.max(0, at - shownBytes / 2)
  const part = body.subarray(start, start + shownBytes * 2)
  const text = part.toString('utf8').replaceAll('\uFFFD', '')
  // Cutting may halve a character at either end, hence the few bytes of grace.
  const isText = Buffer.byteLength(text) >= part.length - 6 && !text.includes('\u0000')
  const shown = isText ? excerpt(text, 0) : `0x${part.subarray(0, shownBytes).toString('hex')}`
  return `${start > 0 ? '…' : ''}${shown}${start + part.length < body.length ? '…' : ''} (${body.length} bytes)`
}

import { isAscii, isUtf8 } from 'node:buffer'
import { type Json, parseJson } from '../../base/index.ts'
import { equalPieces } from './equal-pieces.ts'
import { equalRuns } from './equal-runs.ts'
import { type Filled, fillPlaces, placeFor, placeMark, type Shared } from './fill-places.ts'
import { countTextKeys, hasManyDigits, mayBeInexact } from './scan.ts'
import { countKeys, type Value } from './value.ts'

/** Of a text of this many bytes, parsing costs less than looking for what is shared. */
const minBytes = 4096

/**
 * The values of two JSON texts that have much in common, each array and object that stands in both parsed once and held by
 * both: the walk passes what is the same. Undefined when they have too little in common, when one is no JSON, or when
 * JSON.parse would change something (duplicate keys, numbers that a double cannot hold): then each is parsed whole.
 *
 * What is shared is proven, not assumed: pieces are JSON by themselves, each place for one is met exactly once where a
 * value stands, and so what both texts say is what they say with the pieces put back.
 */
export function parseShared(legacy: Buffer, service: Buffer): readonly [Value, Value] | undefined {
  if (Math.min(legacy.length, service.length) < minBytes) return undefined
  const runs = equalRuns(legacy, service)
  if (bytesOf(runs) * 2 < legacy.length) return undefined
  const { pieces, keys, mayBeInexact } = equalPieces(legacy, runs)
  if (bytesOf(pieces) * 2 < legacy.length || mayBeInexact || hasManyDigits(legacy)) return undefined
  if (legacy.includes(placeMark) || service.includes(placeMark)) return undefined
  const [legacyText, serviceText] = [textOf(legacy), textOf(service)]
  if (legacyText === undefined || serviceText === undefined) return undefined
  const shared = parsePieces(legacyText, pieces)
  if (shared === undefined) return undefined
  const left = parseWithout(legacyText, pieces, shared)
  if (left === undefined || left.keys + countKeys(shared) !== keys) return undefined
  const others = pieces.map(({ from, to, shift }) => ({ from: from + shift, to: to + shift }))
  const right = parseWithout(serviceText, others, shared)
  return right !== undefined && isExact(service, others, right.keys) ? [left.value, right.value] : undefined
}

interface Span {
  readonly from: number
  readonly to: number
}

function bytesOf(spans: readonly Span[]): number {
  return spans.reduce((sum, { from, to }) => sum + to - from, 0)
}

/** The text of some bytes of a body: `from` up to `to`, or to the end. */
type TextAt = (from: number, to?: number) => string

/** Where every byte is a character, a part of the text costs nothing. Undefined for what is no text. */
function textOf(bytes: Buffer): TextAt | undefined {
  if (isAscii(bytes)) {
    const text = bytes.toString('latin1')
    return (from, to) => text.slice(from, to)
  }
  return isUtf8(bytes) ? (from, to) => bytes.toString('utf8', from, to) : undefined
}

function parsePieces(textAt: TextAt, pieces: readonly Span[]): Shared | undefined {
  const parsed = parseJson(`[[${pieces.map(({ from, to }) => textAt(from, to)).join('],[')}]]`)
  return isShared(parsed) ? parsed : undefined
}

function isShared(value: Json | undefined): value is Shared {
  return Array.isArray(value) && value.every(Array.isArray)
}

/** A text parsed with a place instead of each piece, and the pieces put in. */
function parseWithout(textAt: TextAt, pieces: readonly Span[], shared: Shared): Filled | undefined {
  let text = ''
  let at = 0
  for (const [index, { from, to }] of pieces.entries()) {
    text += textAt(at, from) + placeFor(index)
    at = to
  }
  const parsed = parseJson(text + textAt(at))
  return parsed === undefined ? undefined : fillPlaces(parsed, shared)
}

/** Whether what stands around the pieces has as many keys as its value, and no number that a double cannot hold. */
function isExact(bytes: Buffer, pieces: readonly Span[], keys: number): boolean {
  let counted = 0
  for (let index = 0; index <= pieces.length; index += 1) {
    const part = bytes.subarray(pieces[index - 1]?.to ?? 0, pieces[index]?.from ?? bytes.length)
    if (mayBeInexact(part)) return false
    counted += countTextKeys(part)
  }
  return counted === keys
}

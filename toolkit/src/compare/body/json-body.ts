import { isAscii, isUtf8 } from 'node:buffer'
import { jsonOfBody } from '../answer/json-of-body.ts'
import { parseExactly } from './exact.ts'
import { goBackTo, markOf } from './findings.ts'
import { parseShared } from './parse-shared.ts'
import { countTextKeys, type Glance, glance } from './scan.ts'
import { maxDepth, TooDeep, type Value } from './value.ts'
import { type WalkOptions, walk } from './walk.ts'

/** A body that has text. */
interface TextBody {
  readonly bytes: Buffer
  readonly text: string
}

/**
 * Compares two bodies as JSON values; false when one of them is none. What JSON.parse would change (duplicate keys, numbers
 * that a double cannot hold) or a walk could not follow goes through an exact tokenizer.
 */
export function compareJson(legacy: Buffer, service: Buffer, by: WalkOptions): boolean {
  if (comparedShared(legacy, service, by)) return true
  const [a, b] = [textOf(legacy), textOf(service)]
  if (a === undefined || b === undefined) return false
  const left = jsonOfBody(legacy, a.text)
  const right = jsonOfBody(service, b.text)
  if (left === undefined || right === undefined) return false
  const seen = [glance(a.bytes, a.text), glance(b.bytes, b.text)] as const
  const before = markOf(by.findings)
  if (!seen[0].mayBeInexact && !seen[1].mayBeInexact) {
    const keys = keysWalked([left, right], by)
    if (keys !== undefined && hasKeys(a, seen[0], keys[0]) && hasKeys(b, seen[1], keys[1])) return true
    goBackTo(by.findings, before)
  }
  walk(parseExactly(a.text, maxDepth), parseExactly(b.text, maxDepth), by)
  return true
}

/** What both have in common needs to be parsed and walked but once. False when that is too little. */
function comparedShared(legacy: Buffer, service: Buffer, by: WalkOptions): boolean {
  const before = markOf(by.findings)
  const compared = unlessTooDeep(() => {
    const values = parseShared(legacy, service)
    if (values !== undefined) walk(...values, by)
    return values !== undefined
  })
  if (compared === undefined) goBackTo(by.findings, before)
  return compared === true
}

/** How many keys were met in each value; undefined when one nests too deep. */
function keysWalked([legacy, service]: readonly [Value, Value], by: WalkOptions): [number, number] | undefined {
  return unlessTooDeep(() => {
    const { legacyKeys, serviceKeys } = walk(legacy, service, by)
    return [legacyKeys, serviceKeys]
  })
}

function unlessTooDeep<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch (thrown) {
    // A RangeError is an exhausted stack: a hostile body, not a fault of ours.
    if (thrown instanceof TooDeep || thrown instanceof RangeError) return undefined
    throw thrown
  }
}

/** False when a text has more keys than its value: some are duplicates, which JSON.parse has dropped. */
function hasKeys({ bytes }: TextBody, seen: Glance, keys: number): boolean {
  return seen.keys === keys || countTextKeys(bytes) === keys
}

/** Invalid UTF-8 has no text: decoding would make unlike bytes alike. A byte order mark is none of it (RFC 8259, 8.1). */
function textOf(body: Buffer): TextBody | undefined {
  const marked = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf
  const bytes = marked ? body.subarray(3) : body
  if (isAscii(bytes)) return { bytes, text: bytes.toString('latin1') }
  return isUtf8(bytes) ? { bytes, text: bytes.toString('utf8') } : undefined
}

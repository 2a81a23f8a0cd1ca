import { isAscii, isUtf8 } from 'node:buffer'
import { parseJson } from '../../base/index.ts'
import type { IdPairs } from '../ids.ts'
import type { RuleNode } from '../rules/compile-rules.ts'
import { parseExactly } from './exact.ts'
import type { Findings } from './findings.ts'
import { type Scanned, scanJson } from './scan.ts'
import type { Value } from './value.ts'
import { buildWalk, maxDepth, walk } from './walk.ts'

/** By what bodies are compared, and where what differs is reported. */
export interface BodyComparison {
  readonly findings: Findings
  /** The rules for the body. */
  readonly rule: RuleNode | undefined
  readonly ids: IdPairs | undefined
}

/**
 * Compares two bodies as JSON values; false when one of them is none. What JSON.parse would change (duplicate keys, numbers
 * that a double cannot hold) or a walk could not follow goes through an exact tokenizer.
 */
export function compareJson(legacy: Buffer, service: Buffer, by: BodyComparison): boolean {
  const [a, b] = [withoutMark(legacy), withoutMark(service)]
  const scanned = { legacy: scanJson(a, maxDepth), service: scanJson(b, maxDepth) }
  const texts = { legacy: textOf(a, scanned.legacy), service: textOf(b, scanned.service) }
  if (texts.legacy === undefined || texts.service === undefined) return false
  if (scanned.legacy.plain && scanned.service.plain) {
    const values = [parseJson(texts.legacy), parseJson(texts.service)] as const
    if (values[0] === undefined || values[1] === undefined) return false
    const before = by.findings.save()
    if (walkPlain([values[0], values[1]], scanned, by)) return true
    by.findings.restore(before)
  }
  return walkExactly(texts.legacy, texts.service, by)
}

/** False when a body has more keys than its value: some are duplicates, which JSON.parse has dropped. */
function walkPlain(
  values: readonly [Value, Value],
  scanned: { readonly legacy: Scanned; readonly service: Scanned },
  { findings, rule, ids }: BodyComparison,
): boolean {
  const at = buildWalk(findings, ids)
  walk(at, values, rule)
  return at.keys.legacy === scanned.legacy.keys && at.keys.service === scanned.service.keys
}

function walkExactly(legacy: string, service: string, { findings, rule, ids }: BodyComparison): boolean {
  const a = parseExactly(legacy, maxDepth)
  const b = parseExactly(service, maxDepth)
  if (a === undefined || b === undefined) return false
  walk(buildWalk(findings, ids), [a, b], rule)
  return true
}

/** A byte order mark is no part of the JSON (RFC 8259, section 8.1). */
function withoutMark(body: Buffer): Buffer {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? body.subarray(3) : body
}

/** Invalid UTF-8 has no text: decoding would make unlike bytes alike. */
function textOf(body: Buffer, { ascii }: Scanned): string | undefined {
  if (ascii && isAscii(body)) return body.toString('latin1')
  return isUtf8(body) ? body.toString('utf8') : undefined
}

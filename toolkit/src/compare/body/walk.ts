import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../../base/index.ts'
import type { Difference } from '../difference.ts'
import type { Findings } from './findings.ts'
import { formatPath, type PathStep } from './path.ts'

/** Values nested deeper than this are not walked: the walk recurses, and a body may be made to exhaust the stack. */
const maxDepth = 400

/** Thrown when a value is nested too deep to be walked; the caller compares bytes instead. */
export class TooDeep extends Error {}

interface Walk {
  readonly findings: Findings
  readonly steps: PathStep[]
}

/**
 * Reports every path where two JSON values differ, in document order of the legacy value. Key order does not
 * count, array order does. Throws `TooDeep` beyond 400 levels.
 */
export function walk(legacy: Json, service: Json, findings: Findings): void {
  compareValues({ findings, steps: [] }, legacy, service)
}

function compareValues(at: Walk, legacy: Json, service: Json): void {
  if (legacy === service) return
  if (at.steps.length > maxDepth) throw new TooDeep()
  if (Array.isArray(legacy) && Array.isArray(service)) compareArrays(at, legacy, service)
  else if (isJsonObject(legacy) && isJsonObject(service)) compareObjects(at, legacy, service)
  else report(at, typeName(legacy) === typeName(service) ? 'value' : 'type', { legacy, service })
}

function compareObjects(at: Walk, legacy: JsonObject, service: JsonObject): void {
  for (const key of Object.keys(legacy)) {
    at.steps.push(key)
    if (Object.hasOwn(service, key)) compareValues(at, legacy[key] ?? null, service[key] ?? null)
    else report(at, 'missing', { legacy: legacy[key] })
    at.steps.pop()
  }
  for (const key of Object.keys(service)) {
    if (Object.hasOwn(legacy, key)) continue
    at.steps.push(key)
    report(at, 'extra', { service: service[key] })
    at.steps.pop()
  }
}

function compareArrays(at: Walk, legacy: readonly Json[], service: readonly Json[]): void {
  if (legacy.length !== service.length) {
    compareLengths(at, legacy, service)
    return
  }
  const before = at.findings.save()
  compareItems(at, legacy, service)
  if (!at.findings.mismatchedSince(before) || legacy.length < 2 || !isPermutation(legacy, service)) return
  at.findings.restore(before)
  report(at, 'order', { legacy, service })
}

/** What both begin with and end with is set aside, so that one item put in or taken out is one difference. */
function compareLengths(at: Walk, legacy: readonly Json[], service: readonly Json[]): void {
  const shorter = Math.min(legacy.length, service.length)
  let head = 0
  while (head < shorter && same(legacy[head], service[head])) head += 1
  let tail = 0
  while (tail < shorter - head && same(legacy.at(-1 - tail), service.at(-1 - tail))) tail += 1
  const middle = shorter - head - tail
  compareItems(at, legacy.slice(head, head + middle), service.slice(head, head + middle), head)
  reportItems(at, 'missing', legacy.slice(head + middle, legacy.length - tail), head + middle)
  reportItems(at, 'extra', service.slice(head + middle, service.length - tail), head + middle)
}

function compareItems(at: Walk, legacy: readonly Json[], service: readonly Json[], offset = 0): void {
  for (const [index, item] of legacy.entries()) {
    at.steps.push(offset + index)
    compareValues(at, item, service[index] ?? null)
    at.steps.pop()
  }
}

function reportItems(at: Walk, kind: 'missing' | 'extra', items: readonly Json[], offset: number): void {
  for (const [index, item] of items.entries()) {
    at.steps.push(offset + index)
    report(at, kind, kind === 'missing' ? { legacy: item } : { service: item })
    at.steps.pop()
  }
}

/** Deep equality that ends at the first difference: walking here too would cost three walks for each level of arrays. */
function same(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  const inA = new Map(Object.entries(a))
  const inB = new Map(Object.entries(b))
  return keys.every((key) => inB.has(key) && same(inA.get(key), inB.get(key)))
}

/** Whether two arrays hold the same items, each as often. */
function isPermutation(legacy: readonly Json[], service: readonly Json[]): boolean {
  const counts = new Map<string, number>()
  for (const item of legacy) {
    const text = canonicalJson(item)
    counts.set(text, (counts.get(text) ?? 0) + 1)
  }
  return service.every((item) => {
    const text = canonicalJson(item)
    const left = counts.get(text) ?? 0
    counts.set(text, left - 1)
    return left > 0
  })
}

function report(at: Walk, kind: Difference['kind'], values: { legacy?: Json | undefined; service?: Json | undefined }) {
  at.findings.add(kind, formatPath(at.steps), values)
}

function typeName(value: Json): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

import { isJsonObject, type Json, parseJson } from '../../base/index.ts'
import type { Difference } from '../difference.ts'
import type { Sides } from './findings.ts'
import { shorten } from './shorten.ts'

/** Two JSON bodies as values in which a number too exact for a double stands as marked text. */
export interface ExactPair {
  readonly legacy: Json
  readonly service: Json
  /** A difference as people are to see it: without marks, and two numbers differ in value, not in type. */
  shown(kind: Difference['kind'], sides: Sides): readonly [kind: Difference['kind'], sides: Sides]
}

/** Digits enough, or an exponent large enough, that a double may not hold the number. Also hits some text: harmless. */
const mayBeInexact = /[\d.]{16}|\d[eE][+-]?\d{3}/
const stringOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g
/** Control characters stand in JSON text only as escapes (RFC 8259, section 7), so an escape not used is a free mark. */
const freeMarks = ['0001', '0002', '0003', '0004', '0005', '0006', '0007']

/**
 * Both texts as JSON values in which no number is rounded: one that a double cannot hold becomes the text
 * `mark + canonical decimal`. Undefined when one of them is not JSON, or is made to collide with every mark.
 */
export function parseExactPair(legacy: string, service: string): ExactPair | undefined {
  const a = parseJson(legacy)
  const b = parseJson(service)
  if (a === undefined || b === undefined) return undefined
  if (!mayBeInexact.test(legacy) && !mayBeInexact.test(service))
    return { legacy: a, service: b, shown: (kind, sides) => [kind, sides] }
  const code = freeMarks.find(
    (candidate) => !legacy.includes(`\\u${candidate}`) && !service.includes(`\\u${candidate}`),
  )
  if (code === undefined) return undefined
  const exactA = parseJson(markNumbers(legacy, code))
  const exactB = parseJson(markNumbers(service, code))
  if (exactA === undefined || exactB === undefined) return undefined
  const mark = String.fromCharCode(Number.parseInt(code, 16))
  return { legacy: exactA, service: exactB, shown: (kind, sides) => shown(mark, kind, sides) }
}

function shown(mark: string, kind: Difference['kind'], sides: Sides): readonly [Difference['kind'], Sides] {
  const { legacy, service } = sides
  const plain = { legacy: unmarked(legacy, mark), service: unmarked(service, mark) }
  if (kind !== 'type' && kind !== 'value') return [kind, plain]
  const isNumber = (value: Json | undefined) => typeof value === 'number' || isMarked(value, mark)
  if (isNumber(legacy) && isNumber(service)) return ['value', plain]
  // Beside a text that looks the same, the number must be said to be one.
  const named = (value: Json | undefined) => (isMarked(value, mark) ? `${unmarked(value, mark)} (number)` : value)
  return [isNumber(legacy) || isNumber(service) ? 'type' : kind, { legacy: named(legacy), service: named(service) }]
}

function isMarked(value: Json | undefined, mark: string): value is string {
  return typeof value === 'string' && value.startsWith(mark)
}

/** Looks into objects and arrays too, made short before, for what is shown of them is no more. */
function unmarked(value: Json | undefined, mark: string): Json | undefined {
  if (isMarked(value, mark)) return value.slice(mark.length)
  return typeof value === 'object' && value !== null ? unmarkedInside(shorten(value) ?? null, mark) : value
}

function unmarkedInside(value: Json, mark: string): Json {
  if (isMarked(value, mark)) return value.slice(mark.length)
  if (Array.isArray(value)) return value.map((item) => unmarkedInside(item, mark))
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unmarkedInside(inner, mark)]))
}

function markNumbers(text: string, code: string): string {
  return text.replace(stringOrNumber, (literal) => {
    if (literal.startsWith('"') || !mayBeInexact.test(literal) || isExact(literal)) return literal
    return `"\\u${code}${canonicalDecimal(literal)}"`
  })
}

function isExact(literal: string): boolean {
  return canonicalDecimal(String(Number(literal))) === canonicalDecimal(literal)
}

/** One text for all ways to write a decimal number: `12.50`, `1.25e1` and `125e-1` give `125e-1`. */
function canonicalDecimal(literal: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(literal) ?? []
  if (whole === '') return literal
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const significant = withoutTrailingZeros(digits)
  if (significant === '') return '0'
  const power = BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - significant.length)
  return `${sign}${significant}${power === 0n ? '' : `e${power}`}`
}

/** A loop, for `/0+$/` is quadratic on a body full of zeros. */
function withoutTrailingZeros(digits: string): string {
  let end = digits.length
  while (end > 0 && digits[end - 1] === '0') end -= 1
  return digits.slice(0, end)
}

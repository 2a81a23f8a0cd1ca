import type { Json } from '../../base/index.ts'
import type { Difference } from '../difference.ts'
import { describeInstants } from './instant.ts'

/** What the two sides are called where they are shown. */
export type SideNames = readonly [legacy: string, service: string]

/**
 * One difference as one line for people, by meaning where there is one: instants with their offset, numbers with
 * their ratio, text that differs only in case or white space.
 *
 * @example
 * describeDifference(difference) // $.createdAt  legacy 09:00Z  service 14:00Z  (+5 h)
 */
export function describeDifference(difference: Difference, names: SideNames = ['legacy', 'service']): string {
  const { legacy, service, note } = meaningOf(difference)
  const line = `${difference.path}  ${names[0]} ${legacy}  ${names[1]} ${service}`
  return note === undefined ? line : `${line}  (${note})`
}

interface Meaning {
  readonly legacy: string
  readonly service: string
  readonly note: string | undefined
}

function meaningOf({ kind, legacy, service }: Difference): Meaning {
  const shown = { legacy: show(legacy), service: show(service) }
  switch (kind) {
    case 'missing':
    case 'extra':
    case 'status':
      return { ...shown, note: undefined }
    case 'order':
      return { ...shown, note: 'same items, other order' }
    case 'length':
      return { ...shown, note: 'items' }
    case 'header':
      return { legacy: plain(legacy), service: plain(service), note: undefined }
    case 'type':
      return { ...shown, note: `${typeName(legacy)}, ${typeName(service)}` }
    case 'value':
      return valueMeaning(legacy, service) ?? { ...shown, note: undefined }
    default: {
      const never: never = kind
      return never
    }
  }
}

function valueMeaning(legacy: Json | undefined, service: Json | undefined): Meaning | undefined {
  if (typeof legacy === 'number' && typeof service === 'number') {
    return { legacy: show(legacy), service: show(service), note: ratioNote(legacy, service) }
  }
  if (typeof legacy !== 'string' || typeof service !== 'string') return undefined
  return (
    describeInstants(legacy, service) ?? {
      legacy: show(legacy),
      service: show(service),
      note: textNote(legacy, service),
    }
  )
}

/** `x100` for a whole ratio from 2 on, either way round; else how much was added. */
function ratioNote(legacy: number, service: number): string | undefined {
  if (legacy === 0 || service === 0) return undefined
  const times = wholeRatio(service / legacy)
  if (times !== undefined) return `x${times}`
  const divided = wholeRatio(legacy / service)
  if (divided !== undefined) return `/${divided}`
  const added = Number((service - legacy).toPrecision(12))
  return `${added > 0 ? '+' : ''}${added}`
}

/** Whole but for the rounding of a double: 19.99 * 100 is not 1999. */
function wholeRatio(ratio: number): number | undefined {
  const whole = Math.round(ratio)
  return Math.abs(whole) >= 2 && Math.abs(ratio - whole) < 1e-9 * Math.abs(whole) ? whole : undefined
}

function textNote(legacy: string, service: string): string | undefined {
  if (legacy === '' || service === '') return undefined
  if (collapse(legacy) === collapse(service)) return 'white space only'
  if (legacy.toLowerCase() === service.toLowerCase()) return 'case only'
  if (collapse(legacy).toLowerCase() === collapse(service).toLowerCase()) return 'case and white space only'
  if (isNumeric(legacy) && isNumeric(service)) return numericNote(Number(legacy), Number(service))
  return undefined
}

function numericNote(legacy: number, service: number): string | undefined {
  return legacy === service ? 'same number, other notation' : ratioNote(legacy, service)
}

/** Decimal text that a double holds well enough to say a ratio of; long digits are codes. */
function isNumeric(text: string): boolean {
  return /^-?\d{1,12}(\.\d{1,6})?$/.test(text)
}

function collapse(text: string): string {
  return text.trim().replace(/\s+/g, ' ')
}

function typeName(value: Json | undefined): string {
  if (value === null) return 'null'
  if (typeof value === 'string' && value.startsWith('{…')) return 'object'
  if (typeof value === 'string') return value.startsWith('[…') ? 'array' : 'text'
  return Array.isArray(value) ? 'array' : typeof value
}

function plain(value: Json | undefined): string {
  return typeof value === 'string' ? value : show(value)
}

function show(value: Json | undefined): string {
  return value === undefined ? 'missing' : JSON.stringify(value)
}

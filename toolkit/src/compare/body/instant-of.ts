import type { Value } from './value.ts'

const iso = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?([.,]\d{1,9})?\s?(Z|[+-]\d\d(?::?\d\d)?)?)?$/i
const httpDate = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/

/**
 * The milliseconds since 1970 that a value means: an ISO 8601 text (UTC when it names no zone), an HTTP date (RFC 9110,
 * section 5.6.7), or a count of seconds or milliseconds since 1970, as a number or as text. Undefined when it means none.
 */
export function instantOf(value: Value): number | undefined {
  if (typeof value === 'number') return sinceEpoch(value)
  if (typeof value !== 'string' || value.length > 40) return undefined
  if (/^\d{9,13}$/.test(value)) return sinceEpoch(Number(value))
  const [, date, minutes = '00:00', seconds = ':00', fraction = '', zone = 'Z'] = iso.exec(value) ?? []
  const text = date === undefined ? undefined : `${date}T${minutes}${seconds}${millis(fraction)}${withColon(zone)}`
  const ms = Date.parse(text ?? (httpDate.test(value) ? value : ''))
  return Number.isNaN(ms) ? undefined : ms
}

/** Seconds reach 1e11 in the year 5138; milliseconds left it behind in 1973. */
function sinceEpoch(count: number): number | undefined {
  if (!Number.isFinite(count) || count < 0) return undefined
  return count < 1e11 ? count * 1000 : count
}

function millis(fraction: string): string {
  return fraction === '' ? '' : `.${fraction.slice(1, 4).padEnd(3, '0')}`
}

function withColon(zone: string): string {
  const digits = zone.replace(':', '')
  if (digits.length < 3) return 'Z'
  return `${digits.slice(0, 3)}:${digits.slice(3).padEnd(2, '0')}`
}

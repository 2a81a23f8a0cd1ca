/** Two instants as they are shown, and what lies between them. */
export interface InstantPair {
  readonly legacy: string
  readonly service: string
  readonly note: string
}

/** An instant that stands in a text. */
export interface TextInstant {
  /** Milliseconds since 1970, as if UTC when the text names no zone. */
  readonly ms: number
  readonly hasZone: boolean
  readonly date: string
  /** The time with its zone as written; empty for a date alone. */
  readonly time: string
  readonly notation: 'iso' | 'us'
}

/**
 * Two texts as instants, when both are: ISO 8601 (with or without time and zone) or `MM/DD/YYYY hh:mm AM`. The date
 * is shown only when it differs; the note says what the service added: `+5 h`, `-1 d`, `same instant, other notation`.
 */
export function describeInstants(legacy: string, service: string): InstantPair | undefined {
  const a = parseInstant(legacy)
  const b = parseInstant(service)
  if (a === undefined || b === undefined) return undefined
  const note = noteOf(a, b)
  const sameShape = a.notation === b.notation && a.hasZone === b.hasZone
  if (!sameShape || a.ms === b.ms) return { legacy, service, note }
  if (a.date === b.date && a.time !== '' && b.time !== '') return { legacy: a.time, service: b.time, note }
  return { legacy: `${a.date} ${a.time}`.trim(), service: `${b.date} ${b.time}`.trim(), note }
}

function noteOf(a: TextInstant, b: TextInstant): string {
  if (a.ms === b.ms && a.hasZone === b.hasZone) return 'same instant, other notation'
  const offset = formatOffset(b.ms - a.ms)
  return a.hasZone === b.hasZone ? offset : `${offset} if both are UTC; one names no zone`
}

const iso = /^(\d{4}-\d\d-\d\d)(?:[T ]((\d\d:\d\d)(:\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:?\d\d)?)?$/
const us = /^(\d\d)\/(\d\d)\/(\d{4})(?: (\d\d):(\d\d) (AM|PM))?$/

/** Reads ISO 8601 (with or without time and zone) or `MM/DD/YYYY hh:mm AM`; undefined for any other text. */
export function parseInstant(text: string): TextInstant | undefined {
  return parseIso(text) ?? parseUs(text)
}

function parseIso(text: string): TextInstant | undefined {
  const [, date, time = '', minutes = '00:00', seconds = ':00', zone] = iso.exec(text) ?? []
  if (date === undefined) return undefined
  const ms = Date.parse(`${date}T${minutes}${seconds.slice(0, 7)}${withColon(zone ?? 'Z')}`)
  if (Number.isNaN(ms)) return undefined
  return { ms, hasZone: zone !== undefined, date, time: `${time}${zone ?? ''}`, notation: 'iso' }
}

function withColon(zone: string): string {
  return /^[+-]\d{4}$/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone
}

function parseUs(text: string): TextInstant | undefined {
  const [, month, day, year, hour = '12', minute = '00', half = 'AM'] = us.exec(text) ?? []
  if (month === undefined) return undefined
  const hours = (Number(hour) % 12) + (half === 'PM' ? 12 : 0)
  const ms = Date.parse(`${year}-${month}-${day}T${String(hours).padStart(2, '0')}:${minute}:00Z`)
  if (Number.isNaN(ms)) return undefined
  const time = text.slice(11)
  return { ms, hasZone: false, date: text.slice(0, 10), time, notation: 'us' }
}

const units: readonly (readonly [name: string, ms: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
  ['ms', 1],
]

/** `+5 h`, `-1 d 2 h`: the two largest units that are not zero. */
function formatOffset(ms: number): string {
  const parts: string[] = []
  let left = Math.abs(ms)
  for (const [name, size] of units) {
    const amount = Math.floor(left / size)
    left -= amount * size
    if (amount > 0 && parts.length < 2) parts.push(`${amount} ${name}`)
  }
  return parts.length === 0 ? 'equal' : `${ms < 0 ? '-' : '+'}${parts.join(' ')}`
}

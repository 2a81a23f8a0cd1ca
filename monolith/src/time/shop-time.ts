/** The shop's time zone (IANA): every instant in its database is local time there. */
const shopZone = 'America/New_York'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const localPattern = /^(\d{2})\/(\d{2})\/(\d{4}) (\d{2}):(\d{2}) (AM|PM)$/

/** An instant as the database says it: local `MM/DD/YYYY hh:mm AM`, seconds cut off. */
export function toLocal(instant: Date): string {
  const local = new Date(instant.getTime() + offsetMsAt(instant.getTime()))
  const hours = local.getUTCHours()
  const day = `${two(local.getUTCMonth() + 1)}/${two(local.getUTCDate())}/${local.getUTCFullYear()}`
  return `${day} ${two(hours % 12 || 12)}:${two(local.getUTCMinutes())} ${hours < 12 ? 'AM' : 'PM'}`
}

/**
 * The instant of a local `MM/DD/YYYY hh:mm AM`; throws a RangeError on anything else.
 *
 * Of an hour that comes twice the first is meant; a time that the clocks skipped lies as far behind the gap as it
 * was into it (the "compatible" rule of Temporal and of RFC 5545 section 3.3.5).
 */
export function fromLocal(text: string): Date {
  const wallMs = wallMsOf(text)
  const before = offsetMsAt(wallMs - dayMs)
  const after = offsetMsAt(wallMs + dayMs)
  if (offsetMsAt(wallMs - before) === before) return new Date(wallMs - before)
  if (offsetMsAt(wallMs - after) === after) return new Date(wallMs - after)
  return new Date(wallMs - before)
}

/** An instant as the shop's JSON says it: UTC with minute precision, `2019-03-04T09:00Z`. */
export function toJsonInstant(instant: Date): string {
  return `${instant.toISOString().slice(0, 16)}Z`
}

/** A column's local time as the shop's JSON says it; null stays null. */
export function localToJson(text: string): string
export function localToJson(text: string | null): string | null
export function localToJson(text: string | null): string | null {
  return text === null ? null : toJsonInstant(fromLocal(text))
}

function wallMsOf(text: string): number {
  const parts = localPattern.exec(text)
  if (!parts) throw new RangeError(`not a local time "MM/DD/YYYY hh:mm AM": "${text}"`)
  const [month, day, year, hour, minute] = parts.slice(1, 6).map(Number) as [number, number, number, number, number]
  const wallMs = Date.UTC(year, month - 1, day, (hour % 12) + (parts[6] === 'PM' ? 12 : 0), minute)
  const wall = new Date(wallMs)
  const real = wall.getUTCMonth() === month - 1 && wall.getUTCDate() === day && hour >= 1 && hour <= 12 && minute < 60
  if (!real) throw new RangeError(`no such local time: "${text}"`)
  return wallMs
}

const wallClock = new Intl.DateTimeFormat('en-US', {
  timeZone: shopZone,
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
})

const offsets = new Map<number, number>()

/** Local minus UTC. Remembered per UTC hour, for the zone's offsets are whole hours and change on whole hours. */
function offsetMsAt(epochMs: number): number {
  const hour = Math.floor(epochMs / hourMs)
  const known = offsets.get(hour)
  if (known !== undefined) return known
  if (offsets.size >= 200_000) offsets.clear()
  const offset = measureOffsetMs(hour * hourMs)
  offsets.set(hour, offset)
  return offset
}

function measureOffsetMs(epochMs: number): number {
  const parts = new Map(wallClock.formatToParts(epochMs).map(({ type, value }) => [type, Number(value)]))
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour')) - epochMs
}

function two(value: number): string {
  return value < 10 ? `0${value}` : `${value}`
}

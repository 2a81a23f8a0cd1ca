/** The time zone of legacy's instants (IANA). */
export const shopZone = 'America/New_York'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const localForm = /^(\d\d)\/(\d\d)\/(\d{4}) (\d\d):(\d\d) (AM|PM)$/

/**
 * The instant of legacy's `MM/DD/YYYY hh:mm AM`, in milliseconds since 1970; undefined when there is no such time:
 * another form, a day that the calendar lacks, an hour that the clocks skipped. Of an hour that comes twice, the first.
 */
export function parseShopTime(text: string): number | undefined {
  const wallMs = wallClockMs(text)
  if (wallMs === undefined) return undefined
  const offsets = [shopOffsetMs(wallMs - dayMs), shopOffsetMs(wallMs + dayMs)]
  const instants = offsets
    .map((offset) => wallMs - offset)
    .filter((instant) => instant + shopOffsetMs(instant) === wallMs)
  return instants.length === 0 ? undefined : Math.min(...instants)
}

/** An instant as legacy writes it, to the minute. */
export function formatShopTime(instantMs: number): string {
  const local = new Date(instantMs + shopOffsetMs(instantMs))
  const hour = local.getUTCHours()
  const date = `${two(local.getUTCMonth() + 1)}/${two(local.getUTCDate())}/${String(local.getUTCFullYear()).padStart(4, '0')}`
  return `${date} ${two(hour % 12 || 12)}:${two(local.getUTCMinutes())} ${hour < 12 ? 'AM' : 'PM'}`
}

function wallClockMs(text: string): number | undefined {
  const [whole, month, day, year, hour, minute, half] = localForm.exec(text) ?? []
  if (whole === undefined || Number(hour) < 1 || Number(hour) > 12 || Number(minute) > 59) return undefined
  const hour24 = (Number(hour) % 12) + (half === 'PM' ? 12 : 0)
  const wallMs = Date.UTC(Number(year), Number(month) - 1, Number(day), hour24, Number(minute))
  const wall = new Date(wallMs)
  const exists = wall.getUTCMonth() + 1 === Number(month) && wall.getUTCDate() === Number(day)
  return exists && Number(year) >= 1970 ? wallMs : undefined
}

const clock = new Intl.DateTimeFormat('en-US', {
  timeZone: shopZone,
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
})

const known = new Map<number, number>()
const mostKnown = 300_000

/** Local time of the shop minus UTC at an instant: -5 h in winter, -4 h in summer. */
export function shopOffsetMs(instantMs: number): number {
  // Intl takes 1 000 times as long as a look-up; offsets change on whole hours only, so one entry an hour will do.
  const hour = Math.floor(instantMs / hourMs)
  const offset = known.get(hour) ?? measureOffsetMs(hour * hourMs)
  if (known.size >= mostKnown) known.clear()
  known.set(hour, offset)
  return offset
}

function measureOffsetMs(instantMs: number): number {
  const fields = new Map(clock.formatToParts(instantMs).map((part) => [part.type, Number(part.value)]))
  const field = (type: Intl.DateTimeFormatPartTypes) => fields.get(type) ?? 0
  const wall = [
    field('year'),
    field('month') - 1,
    field('day'),
    field('hour'),
    field('minute'),
    field('second'),
  ] as const
  return Date.UTC(...wall) - instantMs
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}

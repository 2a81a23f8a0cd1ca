const dayMs = 86_400_000
const mostDays = 20_000

/** A time zone. Wall time is given as the milliseconds that the same digits would be in UTC. */
export interface Zone {
  /** How far the zone's wall time is ahead of UTC at this instant, in milliseconds. */
  offsetAt(instant: number): number
  /** The instants at which its clocks show this wall time, earlier first: none, one or two. */
  instantsOf(wall: number): readonly number[]
}

/** A time zone by its IANA name, with the rules that Node brings. Throws a RangeError for an unknown name. */
export function buildZone(name: string): Zone {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  // Asking Intl takes microseconds; most days have one offset from end to end.
  const steadyDays = new Map<number, number | undefined>()
  // Where one day ends the next one begins.
  const midnights = new Map<number, number>()

  function offsetAt(instant: number): number {
    const day = Math.floor(instant / dayMs)
    const known = steadyDays.get(day)
    if (known !== undefined) return known
    return (steadyDays.has(day) ? undefined : rememberDay(day)) ?? askOffset(format, instant)
  }

  function rememberDay(day: number): number | undefined {
    if (steadyDays.size >= mostDays) {
      steadyDays.clear()
      midnights.clear()
    }
    const atStart = offsetAtMidnight(day)
    const atEnd = offsetAtMidnight(day + 1)
    const offset = atStart === atEnd ? atStart : undefined
    steadyDays.set(day, offset)
    return offset
  }

  function offsetAtMidnight(day: number): number {
    const known = midnights.get(day)
    if (known !== undefined) return known
    const offset = askOffset(format, day * dayMs)
    midnights.set(day, offset)
    return offset
  }

  return {
    offsetAt,
    instantsOf: (wall) => {
      const before = offsetAt(wall - dayMs)
      const after = offsetAt(wall + dayMs)
      // Nearly always: the clocks do not change within these two days.
      if (before === after && offsetAt(wall - before) === before) return [wall - before]
      const instants = [...new Set([before, after])].map((offset) => wall - offset)
      return instants.filter((instant) => instant + offsetAt(instant) === wall).sort((a, b) => a - b)
    },
  }
}

function askOffset(format: Intl.DateTimeFormat, instant: number): number {
  const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, value]))
  const year = parts.era === 'BC' ? 1 - Number(parts.year) : Number(parts.year)
  const wall = new Date(0)
  wall.setUTCFullYear(year, Number(parts.month) - 1, Number(parts.day))
  wall.setUTCHours(Number(parts.hour), Number(parts.minute), Number(parts.second))
  return wall.getTime() - Math.floor(instant / 1000) * 1000
}

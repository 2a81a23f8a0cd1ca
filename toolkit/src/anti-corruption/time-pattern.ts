/** A way to write a wall time, which is given as the milliseconds that the same digits would be in UTC. */
export interface TimePattern {
  readonly hasSeconds: boolean
  /** Undefined when the text has another form, or names a date or time that no calendar and clock has. */
  parse(text: string): number | undefined
  format(wall: number): string
}

const digits: Readonly<Record<string, number>> = { YYYY: 4, MM: 2, DD: 2, HH: 2, hh: 2, mm: 2, ss: 2 }

/** A pattern of YYYY, MM, DD, HH (00-23), hh (01-12), mm, ss and AM; everything else stands for itself. */
export function buildTimePattern(pattern: string): TimePattern {
  const tokens = pattern.match(/YYYY|MM|DD|HH|hh|mm|ss|AM|[\s\S]/g) ?? []
  const names = tokens.filter((token) => token === 'AM' || token in digits)
  const form = new RegExp(`^${tokens.map(asExpression).join('')}$`)
  return {
    hasSeconds: names.includes('ss'),
    parse: (text) => {
      const found = form.exec(text)
      if (found === null) return undefined
      return wallOf(new Map(names.map((name, place) => [name, found[place + 1] ?? ''])))
    },
    format: (wall) => tokens.map((token) => written(token, new Date(wall))).join(''),
  }
}

function asExpression(token: string): string {
  if (token === 'AM') return '(AM|PM)'
  const count = digits[token]
  return count === undefined ? token.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : `(\\d{${count}})`
}

function wallOf(parts: ReadonlyMap<string, string>): number | undefined {
  const number = (name: string, absent: number) => Number(parts.get(name) ?? absent)
  const hour = hourOf(parts)
  if (hour === undefined) return undefined
  const given = [
    number('YYYY', 1970),
    number('MM', 1) - 1,
    number('DD', 1),
    hour,
    number('mm', 0),
    number('ss', 0),
  ] as const
  const [year, month, day, ...time] = given
  const wall = new Date(0)
  wall.setUTCFullYear(year, month, day)
  wall.setUTCHours(...time, 0)
  const read = [
    wall.getUTCFullYear(),
    wall.getUTCMonth(),
    wall.getUTCDate(),
    wall.getUTCHours(),
    wall.getUTCMinutes(),
    wall.getUTCSeconds(),
  ]
  // Date carries 31 June over to 1 July; what does not read back was impossible.
  return read.every((part, place) => part === given[place]) ? wall.getTime() : undefined
}

function hourOf(parts: ReadonlyMap<string, string>): number | undefined {
  if (!parts.has('hh')) return Number(parts.get('HH') ?? 0)
  const hour = Number(parts.get('hh'))
  if (hour < 1 || hour > 12) return undefined
  return (hour % 12) + (parts.get('AM') === 'PM' ? 12 : 0)
}

function written(token: string, wall: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  switch (token) {
    case 'YYYY':
      return String(wall.getUTCFullYear()).padStart(4, '0')
    case 'MM':
      return two(wall.getUTCMonth() + 1)
    case 'DD':
      return two(wall.getUTCDate())
    case 'HH':
      return two(wall.getUTCHours())
    case 'hh':
      return two(wall.getUTCHours() % 12 || 12)
    case 'mm':
      return two(wall.getUTCMinutes())
    case 'ss':
      return two(wall.getUTCSeconds())
    case 'AM':
      return wall.getUTCHours() < 12 ? 'AM' : 'PM'
    default:
      return token
  }
}

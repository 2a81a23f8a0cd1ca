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
  const places = placesOf(names)
  return {
    hasSeconds: names.includes('ss'),
    parse: (text) => {
      const found = form.exec(text)
      return found === null ? undefined : wallOf(found, places)
    },
    format: (wall) => {
      const date = new Date(wall)
      let text = ''
      for (const token of tokens) text += written(token, date)
      return text
    },
  }
}

/** The groups of the expression that hold each part; 0 for a part that the pattern does not have. */
type Places = Readonly<Record<'year' | 'month' | 'day' | 'hour' | 'half' | 'minute' | 'second' | 'afternoon', number>>

function placesOf(names: readonly string[]): Places {
  const place = (name: string) => names.indexOf(name) + 1
  const ofDate = { year: place('YYYY'), month: place('MM'), day: place('DD') }
  return {
    ...ofDate,
    hour: place('HH'),
    half: place('hh'),
    minute: place('mm'),
    second: place('ss'),
    afternoon: place('AM'),
  }
}

function asExpression(token: string): string {
  if (token === 'AM') return '(AM|PM)'
  const count = digits[token]
  return count === undefined ? token.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : `(\\d{${count}})`
}

function wallOf(found: RegExpExecArray, places: Places): number | undefined {
  const month = part(found, places.month, 1)
  const day = part(found, places.day, 1)
  const hour = hourOf(found, places)
  const minute = part(found, places.minute, 0)
  const second = part(found, places.second, 0)
  if (hour > 23 || minute > 59 || second > 59) return undefined
  const date = dateOf(part(found, places.year, 1970), month, day)
  return date === undefined ? undefined : date + ((hour * 60 + minute) * 60 + second) * 1000
}

function dateOf(year: number, month: number, day: number): number | undefined {
  if (month < 1 || month > 12 || day < 1) return undefined
  // Every month has 28 days, and Date.UTC takes years below 100 for those of the twentieth century.
  if (day <= 28 && year >= 100) return Date.UTC(year, month - 1, day)
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  // Date carries 31 June over to 1 July; what does not read back was impossible.
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : undefined
}

function part(found: RegExpExecArray, place: number, absent: number): number {
  return place === 0 ? absent : Number(found[place])
}

/** The hour of the day; beyond 23 for an hour that no clock has. */
function hourOf(found: RegExpExecArray, places: Places): number {
  if (places.half === 0) return part(found, places.hour, 0)
  const hour = Number(found[places.half])
  if (hour < 1 || hour > 12) return Number.POSITIVE_INFINITY
  return (hour % 12) + (found[places.afternoon] === 'PM' ? 12 : 0)
}

function written(token: string, wall: Date): string {
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

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}

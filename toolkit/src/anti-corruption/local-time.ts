import type { ColumnValue } from './aggregate-rows.ts'
import { type Codec, refuse, shown, textCodec } from './codec.ts'
import { buildTimePattern } from './time-pattern.ts'
import { buildZone } from './zone.ts'

/** How legacy writes its local times. */
export interface LocalTimeOptions {
  /** The IANA name of the zone: `America/New_York`. */
  readonly zone: string
  /** Of YYYY, MM, DD, HH (00-23), hh (01-12), mm, ss and AM. For example `MM/DD/YYYY hh:mm AM`. */
  readonly pattern: string
}

/**
 * A local time as an instant (ISO 8601, UTC, milliseconds). Of the hour that comes twice in autumn the first is meant; the
 * mapping's memory keeps the second where it was known. A time that the clocks skip in spring, and an impossible date, are refused.
 */
export function localTime({ zone: name, pattern: text }: LocalTimeOptions): Codec {
  const zone = buildZone(name)
  const pattern = buildTimePattern(text)
  return textCodec({
    toService: (written) => {
      const wall = pattern.parse(written)
      if (wall === undefined) return refuse(`no possible time ${text}: ${shown(written)}`)
      const [first] = zone.instantsOf(wall)
      return first === undefined
        ? refuse(`${shown(written)} does not exist in ${name}: the clocks skip it`)
        : new Date(first).toISOString()
    },
    toLegacy: (value) => {
      const instant = instantOf(value)
      return instant === undefined
        ? refuse(`no instant: ${shown(value)}`)
        : pattern.format(instant + zone.offsetAt(instant))
    },
    losses: pattern.hasSeconds ? [] : [secondsLost(zone, pattern)],
  })
}

function instantOf(value: ColumnValue): number | undefined {
  if (value instanceof Date) return value.getTime()
  // Without a zone it would be read in the zone of this machine.
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d[T ].*(Z|[+-]\d\d:?\d\d)$/.test(value)) return undefined
  const instant = Date.parse(value)
  return Number.isNaN(instant) ? undefined : instant
}

function secondsLost(zone: ReturnType<typeof buildZone>, pattern: ReturnType<typeof buildTimePattern>) {
  const from = '2024-05-06T13:07:42.000Z'
  const instant = Date.parse(from)
  const to = pattern.format(instant + zone.offsetAt(instant))
  return { path: '', what: 'legacy keeps no seconds', example: { from, to } }
}

import type { Json } from '../../base/index.ts'
import { parseInstant } from '../describe/instant.ts'

/** No clock runs on by more while an arm is asked. */
const mostMs = 600_000
/** Of a number: seconds since 1970 that are half an hour apart. */
const mostShare = 1e-6

/** How far apart two readings of a clock are, as instants (in ms) or as numbers; undefined for what is too far apart. */
export function apartOf(legacy: Json | undefined, service: Json | undefined): number | undefined {
  if (typeof legacy === 'number' && typeof service === 'number') {
    const apart = Math.abs(service - legacy)
    return apart <= mostShare * Math.max(Math.abs(legacy), Math.abs(service)) ? apart : undefined
  }
  if (typeof legacy !== 'string' || typeof service !== 'string' || legacy.length > 40) return undefined
  const [a, b] = [parseInstant(legacy), parseInstant(service)]
  const apart = a === undefined || b === undefined ? undefined : Math.abs(b.ms - a.ms)
  return apart !== undefined && apart <= mostMs ? apart : undefined
}

import type { Json } from '../../base/index.ts'
import { parseInstant } from '../describe/instant.ts'

/** Clocks and counters that ran on: numbers that differ by no more than this share of themselves. */
const smallShare = 0.001

/** How far apart two instants in milliseconds, or two numbers that are near each other, are; undefined for all others. */
export function apartOf(legacy: Json | undefined, service: Json | undefined): number | undefined {
  if (typeof legacy === 'number' && typeof service === 'number') {
    const apart = Math.abs(service - legacy)
    return apart <= smallShare * Math.max(Math.abs(legacy), Math.abs(service)) ? apart : undefined
  }
  if (typeof legacy !== 'string' || typeof service !== 'string' || legacy.length > 40) return undefined
  const [a, b] = [parseInstant(legacy), parseInstant(service)]
  return a === undefined || b === undefined ? undefined : Math.abs(b.ms - a.ms)
}

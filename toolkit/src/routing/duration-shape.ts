import { parseDurationMs } from '../base/index.ts'
import { type Parsed, shortened } from './parsed.ts'
import { type Shape, text, type Written } from './shape.ts'

/** A duration in ms, from 1ms to `most`. */
export function durationUpTo(most: string, description: string): Shape<Written<number>> {
  return durationWithin('1ms', most, description)
}

/** A duration in ms, from `least` to `most`, both written out and allowed. */
export function durationWithin(least: string, most: string, description: string): Shape<Written<number>> {
  const leastMs = parseDurationMs(least) ?? Number.NaN
  const mostMs = parseDurationMs(most) ?? Number.NaN
  const parse = (written: string): Parsed<number> => {
    const ms = parseDurationMs(written)
    if (ms !== undefined && ms >= leastMs && ms <= mostMs) return { ok: true, value: ms }
    return { ok: false, message: `"${shortened(written)}" is no duration that is allowed here` }
  }
  return text(`Allowed: a number with a unit, such as 500ms, 30s or 2m; from ${least} to ${most}.`, parse, {
    pattern: '^\\d+(\\.\\d+)?(ms|s|m|h)$',
    description,
  })
}

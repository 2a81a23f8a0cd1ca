import { parseDurationMs } from '../base/index.ts'
import { type Parsed, shortened } from './parsed.ts'
import { type Shape, text, type Written } from './shape.ts'

/** A duration in ms, from 1ms to `most`, as it is written: `1m`. */
export function durationUpTo(most: string, description: string): Shape<Written<number>> {
  const mostMs = parseDurationMs(most) ?? 0
  const parse = (written: string): Parsed<number> => {
    const ms = parseDurationMs(written)
    if (ms !== undefined && ms >= 1 && ms <= mostMs) return { ok: true, value: ms }
    return { ok: false, message: `"${shortened(written)}" is no duration that is allowed here` }
  }
  return text(`Allowed: a number with a unit, such as 500ms, 30s or 2m; from 1ms to ${most}.`, parse, {
    pattern: '^\\d+(\\.\\d+)?(ms|s|m|h)$',
    description,
  })
}

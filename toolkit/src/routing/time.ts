import { formatDurationMs, parseDurationMs } from '../base/index.ts'
import { shortened } from './parsed.ts'
import { type Shape, text, type Written } from './shape.ts'

/** A duration in ms within two bounds, both allowed: `500ms`, `30s`, `2m`, `1h`. */
export function time(atLeastMs: number, atMostMs: number, description: string): Shape<Written<number>> {
  const bounds = `from ${formatDurationMs(atLeastMs)} to ${formatDurationMs(atMostMs)}`
  return text(
    `Allowed: a number with a unit, such as 500ms, 30s or 2m; ${bounds}.`,
    (written) => {
      const ms = parseDurationMs(written)
      if (ms !== undefined && ms >= atLeastMs && ms <= atMostMs) return { ok: true, value: ms }
      return { ok: false, message: `"${shortened(written)}" is not such a time` }
    },
    { pattern: '^\\d+(\\.\\d+)?(ms|s|m|h)$', description },
  )
}

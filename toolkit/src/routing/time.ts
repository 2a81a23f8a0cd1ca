import { parseDurationMs } from '../base/index.ts'
import { shortened } from './parsed.ts'
import { type Shape, text, type Written } from './shape.ts'

/** A duration in ms within two bounds, both allowed: `500ms`, `30s`, `2m`, `1h`. */
export function time(atLeastMs: number, atMostMs: number, description: string): Shape<Written<number>> {
  const bounds = `from ${asWritten(atLeastMs)} to ${asWritten(atMostMs)}`
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

const units = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const

/** As it would be written here, in the largest unit that leaves a whole number. */
function asWritten(ms: number): string {
  const [unit, unitMs] = units.find(([, one]) => ms % one === 0) ?? ['ms', 1]
  return `${ms / unitMs}${unit}`
}

import { exitCodes, Fault } from './fault.ts'

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * The milliseconds that a duration such as `250ms`, `1.5s`, `30s`, `5m`, `2h` or `14d` says; undefined when
 * it says none. Without a unit nothing is guessed.
 */
export function parseDurationMs(text: string): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text.trim()) ?? []
  if (amount === undefined || unit === undefined) return undefined
  return Number(amount) * (unitsMs[unit] ?? Number.NaN)
}

/** Like `parseDurationMs`, for a value of the command line: throws `duration-invalid` (exit 64). */
export function durationMs(text: string): number {
  const parsed = parseDurationMs(text)
  if (parsed !== undefined) return parsed
  throw new Fault('duration-invalid', `"${text}" is not a duration`, {
    hint: 'write a number with a unit: 250ms, 30s, 5m, 2h or 14d',
    exitCode: exitCodes.usage,
  })
}

/** A duration for people, in the largest unit that keeps it short: `0.4 s`, `12 ms`, `3 m 5 s`. */
export function formatDurationMs(ms: number): string {
  if (ms < 100) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${seconds % 60} s`
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} m`
}

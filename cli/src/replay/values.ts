import { exitCodes, Fault } from '@banyan/toolkit/base'

/** Reads `0.1%` as a share from 0 to 1. Throws `share-invalid` (exit 64). */
export function shareOf(option: string, text: string): number {
  const percent = /^\d{1,3}(\.\d+)?%$/.test(text) ? Number(text.slice(0, -1)) : Number.NaN
  if (percent <= 100) return percent / 100
  throw invalid('share-invalid', `"${text}" is not a share`, `${option} 0.1%`)
}

/** Reads `recorded`, `2x` or `0.5x` as how many times faster than recorded. Throws `pace-invalid` (exit 64). */
export function paceOf(text: string): number {
  if (text === 'recorded') return 1
  const times = /^\d+(\.\d+)?x$/.test(text) ? Number(text.slice(0, -1)) : 0
  if (times > 0) return times
  throw invalid('pace-invalid', `"${text}" is not a pace`, '--pace recorded, --pace 2x or --pace 0.5x')
}

/** Reads how many requests may be under way at once. Throws `concurrency-invalid` (exit 64). */
export function concurrencyOf(text: string): number {
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (count >= 1 && count <= maxConcurrency) return count
  throw invalid('concurrency-invalid', `"${text}" is not a number from 1 to ${maxConcurrency}`, '--concurrency 16')
}

const maxConcurrency = 1024

function invalid(code: string, message: string, hint: string): Fault {
  return new Fault(code, message, { hint, exitCode: exitCodes.usage })
}

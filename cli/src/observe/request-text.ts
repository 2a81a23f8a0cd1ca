import type { ObservedRequest, ObservedShadow, ServedRequest } from '@banyan/edge-proxy/admin-api'
import { formatDurationMs } from '@banyan/toolkit/base'

/** Milliseconds as people read them beside each other: `0.4 ms`, `12 ms`, `1.2 s`. */
export function msText(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}

/** How long an instant (ISO 8601) is gone at `nowMs`: `63s ago`, `just now`. */
export function agoText(at: string, nowMs: number): string {
  const seconds = Math.round((nowMs - Date.parse(at)) / 1000)
  return seconds <= 0 ? 'just now' : `${formatDurationMs(seconds * 1000)} ago`
}

/** What went wrong with a request beside its status, in a word or two; nothing when all is well. */
export function troubleOf(request: ObservedRequest): string {
  if (request.kind === 'refused') return request.code
  const { outcome, fault, fallback } = request
  const ended = outcome === 'fault' ? (fault ?? outcome) : outcome === 'answered' ? '' : outcome
  const fell = fallback === undefined ? '' : `fallback: ${fallback.because}`
  return [ended, fell].filter((part) => part !== '').join(', ')
}

/** Whether people should look at it first. */
export function isTrouble(request: ObservedRequest): boolean {
  if (request.status >= 500) return true
  if (request.kind === 'refused') return false
  const failed = request.outcome === 'fault' || request.outcome === 'cut-by-upstream'
  return failed || request.fallback !== undefined || request.shadow?.verdict === 'mismatch'
}

/** Who answered: the arm, or the one that answered in its place. */
export function servedText({ arm, fallback }: ServedRequest): string {
  return fallback?.arm ?? arm
}

/** What comparing gave, on one line: `mismatch: $.total  legacy 12.5  service 12.50 and 2 more`. */
export function verdictText({ verdict, why, differences, differencesLeftOut }: ObservedShadow): string {
  const [first] = differences
  const more = differences.length - 1 + differencesLeftOut
  const detail = why ?? (first === undefined ? '' : `${first}${more > 0 ? ` and ${more} more` : ''}`)
  const word = verdict === 'not-comparable' ? 'not comparable' : verdict === 'left-out' ? 'left out' : verdict
  return detail === '' ? word : `${word}: ${detail}`
}

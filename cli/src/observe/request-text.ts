import type { ObservedRequest, ObservedShadow, ServedRequest } from '@banyan/edge-proxy/admin-api'

/** Milliseconds as people read them beside each other: `0.4 ms`, `12 ms`, `1.2 s`. */
export function msText(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}

/** How long an instant (ISO 8601) is gone at `nowMs`: `14 s ago`, `2 min 5 s ago`, `just now`. */
export function agoText(at: string, nowMs: number): string {
  const seconds = Math.round((nowMs - Date.parse(at)) / 1000)
  if (seconds <= 0) return 'just now'
  return seconds < 60 ? `${seconds} s ago` : `${Math.floor(seconds / 60)} min ${seconds % 60} s ago`
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
  const failed =
    request.outcome === 'fault' || request.outcome === 'cut-by-upstream' || request.outcome === 'cut-by-edge'
  return failed || request.fallback !== undefined || request.shadow?.verdict === 'mismatch'
}

/** Who answered: the arm, or the one that answered in its place. */
export function servedText({ arm, fallback }: ServedRequest): string {
  return fallback?.arm ?? arm
}

/** What comparing gave, on one line: `mismatch: $.total, $.items[*].price and 2 more`. */
export function verdictText({ verdict, why, differences, differencesLeftOut }: ObservedShadow): string {
  // A difference is told as its path, then both values, two spaces between them.
  const paths = [...new Set(differences.map((difference) => difference.split('  ', 1)[0]))].join(', ')
  const more = paths === '' || differencesLeftOut === 0 ? '' : ` and ${differencesLeftOut} more`
  const detail = why ?? `${paths}${more}`
  const word = words[verdict] ?? verdict
  return detail === '' ? word : `${word}: ${detail}`
}

const words: Partial<Record<ObservedShadow['verdict'], string>> = {
  'not-comparable': 'not comparable',
  'left-out': 'left out',
  waiting: 'no verdict yet',
}

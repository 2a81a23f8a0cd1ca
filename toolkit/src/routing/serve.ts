import { type Parsed, shortened } from './parsed.ts'
import type { Serve } from './route.ts'
import { meant } from './shape.ts'

/** Who serves, as `legacy`, `service`, `owner` or a share such as `5%`; `0%` is legacy, `100%` is service. */
export function parseServe(text: string): Parsed<Serve> {
  if (text === 'legacy' || text === 'service' || text === 'owner') return { ok: true, value: { kind: text } }
  const share = parsePercent(text)
  if (!share.ok) return /\d/.test(text) ? share : unknownWord(text)
  if (share.value === 0) return { ok: true, value: { kind: 'legacy' } }
  if (share.value === 100) return { ok: true, value: { kind: 'service' } }
  return { ok: true, value: { kind: 'share', percent: share.value } }
}

function unknownWord(text: string): Parsed<Serve> {
  const near = meant(text, ['legacy', 'service', 'owner'])
  return { ok: false, message: `"${shortened(text)}" is unknown`, near }
}

/** How `serve` is written: the inverse of `parseServe`. */
export function formatServe(serve: Serve): string {
  return serve.kind === 'share' ? formatPercent(serve.percent) : serve.kind
}

/** A percentage from `0%` to `100%`, with at most two decimals: buckets are a hundredth of a percent. */
export function parsePercent(text: string): Parsed<number> {
  const [, digits] = /^(\d{1,3}(?:\.\d+)?) ?%$/.exec(text) ?? []
  if (digits === undefined) return { ok: false, message: `"${shortened(text)}" is no percentage` }
  if (Number(digits) > 100) return { ok: false, message: `${digits}% is more than 100%` }
  if (/\.\d{3}/.test(digits)) return { ok: false, message: `${digits}% is finer than 0.01%, the smallest share` }
  return { ok: true, value: Number(digits) }
}

/** How a percentage is written: `5%`, `0.5%`. */
export function formatPercent(percent: number): string {
  return `${percent}%`
}

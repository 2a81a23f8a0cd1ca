import { tookText } from '../figures.ts'
import type { LatencyDistribution, RouteComparison } from '../report.ts'
import { countText } from './count.ts'
import { html, type Markup } from './markup.ts'

const bins = 64
const height = 44

type Names = readonly [string, string]

/** How long both arms took for one route: two distributions over one logarithmic axis, the first above it, the second below. */
export function latencyFigure({ route, latency }: RouteComparison, names: Names): Markup | undefined {
  const arms = [latency.legacy, latency.service].map((arm) => (arm !== undefined && arm.count > 0 ? arm : undefined))
  const domain = domainOf(arms)
  if (domain === undefined) return undefined
  const shapes = arms.map((arm) => (arm === undefined ? undefined : shareByBin(arm, domain)))
  const highest = Math.max(...shapes.flatMap((shape) => shape ?? []))
  const paths = shapes.map(
    (shape, index) => shape && area(shape, { highest, up: index === 0, name: index === 0 ? 'a' : 'b' }),
  )
  return html`<figure class="latency" data-route="${route}"><figcaption>${route}</figcaption>
<svg class="hist" viewBox="0 0 ${bins} ${2 * height}" preserveAspectRatio="none" role="img" aria-label="how long answers took">${paths}<line class="axis" x1="0" x2="${bins}" y1="${height}" y2="${height}"/></svg>
<svg class="hist-axis" aria-hidden="true">${axisMarks(domain).map(({ at, label }) => html`<line x1="${at}%" x2="${at}%" y1="0" y2="4"/><text x="${at}%" y="15" text-anchor="${anchor(at)}">${label}</text>`)}</svg>
${figures(arms, names)}</figure>`
}

interface Domain {
  readonly fromMs: number
  readonly toMs: number
}

function domainOf(arms: readonly (LatencyDistribution | undefined)[]): Domain | undefined {
  const limits = arms.flatMap((arm) => filled(arm).map(({ upToMs }) => upToMs))
  if (limits.length === 0) return undefined
  const [low, high] = [Math.max(0.01, Math.min(...limits)), Math.max(...limits)]
  return { fromMs: low / 1.6, toMs: Math.max(high * 1.1, low * 4) }
}

function filled(arm: LatencyDistribution | undefined): LatencyDistribution['buckets'] {
  return arm?.buckets.filter(({ count }) => count > 0) ?? []
}

/** The share of answers in each bin; a bucket that is wider than a bin is spread over the bins that it covers. */
function shareByBin(arm: LatencyDistribution, domain: Domain): readonly number[] {
  const shares = new Array<number>(bins).fill(0)
  let before = 0
  for (const { upToMs, count } of arm.buckets) {
    const from = Math.max(0, position(Math.max(before, upToMs / 1.5), domain) * bins)
    const to = Math.min(bins, Math.max(from + 0.001, position(upToMs, domain) * bins))
    for (let bin = Math.floor(from); bin < Math.min(bins, Math.ceil(to)); bin++) {
      const overlap = Math.min(to, bin + 1) - Math.max(from, bin)
      shares[bin] = (shares[bin] ?? 0) + (count / arm.count) * (overlap / (to - from))
    }
    before = upToMs
  }
  return shares
}

function position(ms: number, { fromMs, toMs }: Domain): number {
  return Math.log(Math.max(ms, fromMs) / fromMs) / Math.log(toMs / fromMs)
}

/** Heights grow with the root of the share: a tail of one in a hundred is still seen. */
function area(
  shares: readonly number[],
  { highest, up, name }: { readonly highest: number; readonly up: boolean; readonly name: string },
): Markup {
  const y = (share: number) => Number((height + (up ? -1 : 1) * (height - 2) * Math.sqrt(share / highest)).toFixed(1))
  const steps = shares.map((share, bin) => `V${y(share)}H${bin + 1}`).join('')
  return html`<path class="${name}" d="M0 ${height}${steps}V${height}Z"/>`
}

function axisMarks(domain: Domain) {
  const candidates = Array.from({ length: 9 }, (_, index) => 10 ** (index - 2)).flatMap((ten) => [
    ten,
    2 * ten,
    5 * ten,
  ])
  const inside = candidates.filter((ms) => ms >= domain.fromMs && ms <= domain.toMs)
  const decadesShown = Math.log10(domain.toMs / domain.fromMs)
  const marks = decadesShown > 1.8 ? inside.filter((ms) => Number.isInteger(Number(Math.log10(ms).toFixed(6)))) : inside
  return marks.map((ms) => ({ at: Number((position(ms, domain) * 100).toFixed(1)), label: tookText(ms) }))
}

function anchor(at: number): 'start' | 'middle' | 'end' {
  if (at < 6) return 'start'
  return at > 94 ? 'end' : 'middle'
}

const columns = [
  ['p50', 'p50Ms'],
  ['p95', 'p95Ms'],
  ['p99', 'p99Ms'],
  ['max', 'maxMs'],
] as const

function figures(arms: readonly (LatencyDistribution | undefined)[], names: Names): Markup {
  return html`<table class="figures"><thead><tr><th></th>${columns.map(([head]) => html`<th class="n">${head}</th>`)}<th class="n">answers</th></tr></thead><tbody>${arms.map(
    (arm, index) =>
      arm &&
      html`<tr><th><i class="arm ${index === 0 ? 'a' : 'b'}"></i>${names[index]}</th>${columns.map(([, key]) => html`<td class="n">${tookText(arm[key])}</td>`)}<td class="n">${countText(arm.count)}</td></tr>`,
  )}</tbody></table>`
}

import { notComparableReasons } from '../../verdict.ts'
import { atMostText, shareText } from '../figures.ts'
import type { ComparisonReport, RouteComparison } from '../report.ts'
import { countText } from './count.ts'
import { latencyFigure } from './latency.ts'
import { html, joined, type Markup } from './markup.ts'
import { type Measured, ruler, rulerHead } from './ruler.ts'
import { stateMark, stateWords } from './state.ts'
import { verdictBar } from './verdict-bar.ts'

/** Every route with its bar, its bound and, opened, its shapes, its noise and how long it took. */
export function routeSection({ routes, sides }: ComparisonReport): Markup {
  if (routes.length === 0)
    return html`<p class="empty-note">No exchange of any route was sent. Nothing compared is unknown, never good.</p>`
  return html`<p class="legend"><span><i class="key mismatched"></i>mismatched</span><span><i class="key noise"></i>noise, by a rule or shown by legacy itself</span><span><i class="key matched"></i>matched</span><span><i class="key silent"></i>not comparable</span><span><i class="key seen"></i>share seen, and the most it may be at 95 % confidence</span><span><i class="key limit"></i>wanted</span></p>
<div class="routes"><div class="route head" aria-hidden="true"><span>route</span><span>answers</span><span class="n">mismatched</span>${rulerHead()}<span class="n">at most</span></div>${worstFirst(routes).map((route, index) => routeRow(route, { sides, open: index === 0 }))}</div>`
}

const order = ['fail', 'unknown', 'pass']

function worstFirst(routes: readonly RouteComparison[]): readonly RouteComparison[] {
  return [...routes].sort(
    (one, other) =>
      order.indexOf(one.outcome) - order.indexOf(other.outcome) || other.bound.mismatched - one.bound.mismatched,
  )
}

function routeRow(
  route: RouteComparison,
  { sides, open }: { readonly sides: ComparisonReport['sides']; readonly open: boolean },
): Markup {
  const { outcome, bound } = route
  return html`<details class="route-details" data-route="${route.route}"${open && html` open`}><summary class="route"><span class="name">${stateMark(outcome)}<b class="hidden">${stateWords[outcome]}</b><code>${route.route}</code></span>${verdictBar(route)}<span class="n counts">${mismatchText(route)}</span>${ruler(measured(route))}<span class="n bound">${boundText(route)}</span></summary>
<div class="inside"><div>${enough(bound)}${beside(route)}${shapes(route)}${ownNoise(route)}</div>${latencyFigure(route, sides)}</div></details>`
}

function measured({ bound }: RouteComparison): Measured {
  return {
    compared: bound.compared,
    mismatched: bound.mismatched,
    atMostShare: bound.atMostShare,
    wantedShare: bound.wanted?.share,
  }
}

function mismatchText({ bound }: RouteComparison): Markup {
  if (bound.compared === 0) return html`<span class="dim">none compared</span>`
  return html`<b class="${bound.mismatched > 0 ? 'bad' : ''}">${countText(bound.mismatched)}</b> <span class="dim">of ${countText(bound.compared)}</span>`
}

function boundText({ bound }: RouteComparison): string {
  return bound.atMostShare === undefined ? '?' : atMostText(bound.atMostShare)
}

function enough({ mismatched, compared, wanted }: RouteComparison['bound']): Markup | undefined {
  if (wanted === undefined || mismatched > 0 || compared >= wanted.cleanNeeded) return undefined
  return html`<p>At most ${shareText(wanted.share)} needs ${countText(wanted.cleanNeeded)} clean answers; ${countText(compared)} were seen.</p>`
}

/** What a route has beside matches and mismatches, each with its count. */
function beside({ tally, askedAgain }: RouteComparison): Markup | undefined {
  const counts = [
    [tally.noise, 'noise: by a rule, or shown by legacy itself'],
    [askedAgain.transient, 'differed at first and were equal when both were asked again (transient)'],
    [askedAgain.unseen, 'of these had a value that nobody saw legacy give before: a lag, perhaps'],
    [askedAgain.persistent, 'still differed when both were asked again, or were no lag (persistent)'],
    [askedAgain.flapping, 'of these came and went, and no lag explains that (flapping)'],
    [tally.shed, 'left out: a bound was reached'],
    ...notComparableReasons.map((why) => [tally.notComparable[why], `not comparable: ${why}`] as const),
  ] as const
  const shown = counts
    .filter(([count]) => count > 0)
    .map(([count, what]) => html`<li><b>${countText(count)}</b> ${what}</li>`)
  return shown.length === 0 ? undefined : html`<ul class="beside">${shown}</ul>`
}

function shapes({ shapes: all, bound }: RouteComparison): Markup | undefined {
  if (all.length === 0) return undefined
  return html`<table class="shapes"><thead><tr><th>shape</th><th class="n">mismatched</th><th></th><th class="n">at most</th></tr></thead><tbody>${all.map(
    (shape) =>
      html`<tr><td><code>${breakable(shape.shape)}</code></td><td class="n"><b class="${shape.mismatched > 0 ? 'bad' : ''}">${countText(shape.mismatched)}</b> <span class="dim">of ${countText(shape.compared)}</span></td><td>${ruler({ ...shape, wantedShare: bound.wanted?.share })}</td><td class="n">${shape.atMostShare === undefined ? '?' : atMostText(shape.atMostShare)}</td></tr>`,
  )}</tbody></table>`
}

/** A long shape breaks after a comma, never inside a name. */
function breakable(shape: string): Markup {
  return joined(shape.split(/(?<=,)/).map((part) => html`${part}<wbr>`))
}

function ownNoise({ ownNoise: noise }: RouteComparison): Markup | undefined {
  if (noise.length === 0) return undefined
  const paths = noise.map(
    ({ path, exchanges }) => html`<code>${path}</code> <span class="dim">(${countText(exchanges)})</span>`,
  )
  return html`<p class="own-noise">Noise without a rule, for the same arm answers differently when it is asked twice: ${joined(paths, ', ')}</p>`
}

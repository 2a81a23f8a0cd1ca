import { flappingText } from '../ask-again-texts.ts'
import { shareText } from '../figures.ts'
import { remedyCost } from '../remedy-cost.ts'
import type { ComparisonReport, DifferenceCluster, Remedy } from '../report.ts'
import { countedText, countText } from './count.ts'
import { knownNoise } from './known-noise.ts'
import { html, type Markup } from './markup.ts'
import { inShort, sampleDetails } from './sample.ts'

/** Beyond so many clusters only their short samples are shown: whole answers would make the page too heavy to open. */
const clustersWithAnswers = 80

/** The differences, gathered by what they have in common, with filters above them. */
export function clusterSection(report: ComparisonReport): Markup {
  const { clusters, clustersLeftOut } = report
  if (clusters.length === 0)
    return html`<p class="empty-note">${compared(report) === 0 ? 'Nothing was compared, so nothing can differ.' : 'No difference was found that is not noise.'}</p>`
  const leftOut =
    clustersLeftOut > 0 &&
    html`<p class="dim">${countedText(clustersLeftOut, 'difference')} found no cluster any more: a bound was reached.</p>`
  return html`${filters(clusters)}<p id="nothing" class="empty-note" hidden>No cluster is like that.</p>${clusters.map((cluster, index) => article(cluster, { report, whole: index < clustersWithAnswers }))}${leftOut}`
}

function compared({ routes }: ComparisonReport): number {
  return routes.reduce((sum, { bound }) => sum + bound.compared, 0)
}

function filters(clusters: readonly DifferenceCluster[]): Markup {
  const routes = [...new Set(clusters.map(({ route }) => route))]
  const kinds = [...new Set(clusters.map(({ kind }) => kind))]
  return html`<form class="filters" hidden><input type="search" name="text" placeholder="Find a path, value or cause" aria-label="Find a path, value or cause">
<select name="route" aria-label="Route"><option value="">all routes</option>${routes.map((route) => html`<option>${route}</option>`)}</select>
<span class="chips" role="group" aria-label="Kinds">${kinds.map((kind) => html`<label><input type="checkbox" name="kind" value="${kind}" checked><span>${kind} <b>${clusters.filter((cluster) => cluster.kind === kind).length}</b></span></label>`)}</span>
<label class="plain"><input type="checkbox" name="unexplained"> only without a known cause</label><output></output></form>`
}

interface Around {
  readonly report: ComparisonReport
  readonly whole: boolean
}

function article(cluster: DifferenceCluster, { report, whole }: Around): Markup {
  const { id, route, kind, path, pattern, cause, first, last } = cluster
  const words = [route, path, pattern, cause ?? '', JSON.stringify([first.legacy, first.service]) ?? '']
    .join(' ')
    .toLowerCase()
  return html`<article class="cluster" id="${id}" data-route="${route}" data-kind="${kind}" data-explained="${cause === undefined ? 'no' : 'yes'}" data-words="${words}">
<div class="weight"><b>${countText(cluster.exchanges)}</b>${share(cluster, report)}</div>
<div class="what"><h3><code>${path}</code> <span class="kind">${kind}</span> ${pattern !== 'none' && html`<span class="pattern">${pattern}</span>`}<a class="self" href="#${id}" aria-label="Link to this cluster">#</a></h3>
<p class="cause">${cause ?? html`<span class="dim">No cause that we know of.</span>`} <span class="dim">${route}</span></p>
${inShort(first, report.sides)}
${cluster.flapping !== undefined && html`<p class="flapping">${flappingText(cluster)}</p>`}${noiseOf(cluster)}${remedyOf(cluster.remedy, cluster)}
${sampleDetails({ first, last: last.exchange === first.exchange ? undefined : last, sides: report.sides, whole, isNoise: knownNoise(route, report) })}</div></article>`
}

function share({ route, exchanges }: DifferenceCluster, { routes }: ComparisonReport): Markup | undefined {
  const all = routes.find((one) => one.route === route)?.bound.compared ?? 0
  if (all === 0) return undefined
  const percent = Math.max(2, Math.round((1000 * exchanges) / all) / 10)
  return html`<span class="dim">${shareText(exchanges / all)}</span><svg class="bar thin" aria-hidden="true"><rect class="empty" width="100%" height="100%"/><rect class="mismatched" width="${percent}%" height="100%"/></svg>`
}

function remedyOf(remedy: Remedy | undefined, { differences }: DifferenceCluster): Markup | undefined {
  if (remedy === undefined) return undefined
  const { kind, text, hidesOthers, breaks } = remedy
  const name = kind === 'rule' ? 'A rule that accepts it' : 'A change of the translator'
  const dear = hidesOthers > 0 || (breaks?.exchanges ?? 0) > 0
  const cost = remedyCost(remedy, differences)
  return html`<div class="remedy"><p>${name}, tried on what was compared: ${dear ? html`<b class="bad">${cost}</b>` : cost}</p><pre><code>${text}</code></pre></div>`
}

/** Noise and regression at one path: what tells them apart. */
function noiseOf({ besideNoise }: DifferenceCluster): Markup | undefined {
  if (besideNoise === undefined) return undefined
  const { askedTwice, legacyAlone, here } = besideNoise
  return html`<p class="dim">Legacy differs from itself here, too: in ${countText(legacyAlone)} of ${countText(askedTwice)} that were asked twice. This shows in ${countText(here)} of them: far too often to be that.</p>`
}

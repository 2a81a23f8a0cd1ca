import { instantText, tookText } from '../figures.ts'
import type { ComparisonReport } from '../report.ts'
import { titleOf } from '../title.ts'
import { countText } from './count.ts'
import { html, type Markup } from './markup.ts'
import { stateMark, stateWords } from './state.ts'

/** The verdict in large letters, each condition with its numbers, and what was compared with what. */
export function masthead(report: ComparisonReport): Markup {
  const { outcome, conditions, interrupted } = report
  return html`<header class="mast ${outcome}"><div class="wrap">
<p class="eyebrow"><span class="brand">banyan</span> comparison <span class="verdict ${outcome}">${stateMark(outcome)} ${stateWords[outcome]}</span></p>
<h1>${titleOf(report)}</h1>
<ul class="conditions">${conditions.map(({ outcome: state, text }) => html`<li class="${state}">${stateMark(state)}<span><b class="hidden">${stateWords[state]}: </b>${text}</span></li>`)}${interrupted && html`<li class="unknown">${stateMark('unknown')}<span>It was ended before the recording was.</span></li>`}</ul>
${facts(report)}
</div></header>`
}

function facts({ sides, arms, startedAt, tookMs, exchanges }: ComparisonReport): Markup {
  const [first, second] = sides
  return html`<dl class="facts">
<div><dt><i class="arm a"></i>${first}</dt><dd>${addressOf(first, arms)}</dd></div>
<div><dt><i class="arm b"></i>${second}</dt><dd>${addressOf(second, arms)}</dd></div>
<div><dt>sent</dt><dd>${countText(exchanges.sent)} <small>of ${countText(exchanges.read)} exchanges</small></dd></div>
<div><dt>begun</dt><dd><time datetime="${startedAt}">${instantText(startedAt)}</time></dd></div>
<div><dt>took</dt><dd>${tookText(tookMs)}</dd></div>
</dl>`
}

function addressOf(side: string, { legacy, service }: ComparisonReport['arms']): string {
  if (side === 'legacy') return legacy ?? ''
  return side === 'service' ? (service ?? '') : 'the answers of the recording'
}

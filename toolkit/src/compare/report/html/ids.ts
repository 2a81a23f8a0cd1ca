import { shareText } from '../figures.ts'
import type { ComparisonReport } from '../report.ts'
import { learntText, tellsOfIds } from '../tells-of-ids.ts'
import { countText } from './count.ts'
import { html, joined, type Markup } from './markup.ts'

/** The ids that both arms gave to the same things. Undefined where nothing is known of them. */
export function idsSection({ ids, sides }: ComparisonReport): Markup | undefined {
  if (ids === undefined || !tellsOfIds(ids)) return undefined
  const { pairs, dependent, conflicts, learnt = [] } = ids
  const resolved = dependent.exchanges === 0 ? '' : ` (${shareText(dependent.resolved / dependent.exchanges)})`
  return html`<dl class="tiles"><div><dt>pairs of ids</dt><dd>${countText(pairs)}</dd></div>
<div><dt>requests that carry a value of an earlier answer</dt><dd>${countText(dependent.exchanges)}</dd></div>
<div><dt>both arms had their own for it</dt><dd>${countText(dependent.resolved)}${resolved}</dd></div>
<div><dt>unresolved</dt><dd class="${dependent.unresolved > 0 ? 'bad' : ''}">${countText(dependent.unresolved)}</dd></div></dl>
${learnt.length > 0 && html`<ul class="beside">${learnt.map((field) => html`<li>${learntText(field)}</li>`)}</ul>`}${
  conflicts.length > 0 &&
  html`<table><thead><tr><th>one id of ${sides[0]}</th><th>met several of ${sides[1]}</th><th>exchange</th></tr></thead><tbody>${conflicts.map(
    ({ legacy, service, exchange }) =>
      html`<tr><td><code>${legacy}</code></td><td>${joined(
        service.map((id) => html`<code>${id}</code>`),
        ', ',
      )}</td><td class="dim">${exchange}</td></tr>`,
  )}</tbody></table>`
}`
}

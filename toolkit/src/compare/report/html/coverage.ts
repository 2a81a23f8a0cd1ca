import type { ComparisonReport } from '../report.ts'
import { countText } from './count.ts'
import { html, type Markup } from './markup.ts'

/** What production shows and the compared exchanges lack. Undefined where nothing is known of production. */
export function coverageSection({ coverage }: ComparisonReport): Markup | undefined {
  if (coverage === undefined) return undefined
  const { source, seen, lacking } = coverage
  const intro = html`<p>Held against ${source}: ${countText(seen)} requests.${lacking.length === 0 && ' Every route, status and shape that it shows was compared.'}</p>`
  if (lacking.length === 0) return intro
  const rows = [...lacking].sort((a, b) => b.count - a.count)
  return html`${intro}<div class="scroll"><table><thead><tr><th class="n">seen</th><th>what was never compared</th><th>value</th><th>route</th></tr></thead><tbody>${rows.map(
    ({ route, what, value, count }) =>
      html`<tr><td class="n">${countText(count)}</td><td>${what}</td><td><code>${value}</code></td><td><code>${route}</code></td></tr>`,
  )}</tbody></table></div>`
}

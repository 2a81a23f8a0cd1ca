import { shareText } from '../figures.ts'
import type { ComparisonReport, RuleUse } from '../report.ts'
import { countText } from './count.ts'
import { html, type Markup } from './markup.ts'

/** Every accepted difference: what hid how much, why, and until when. Undefined without rules. */
export function rulesSection({ rules }: ComparisonReport): Markup | undefined {
  if (rules.length === 0) return undefined
  return html`<div class="scroll"><table><thead><tr><th>path</th><th>how</th><th>of</th><th>why</th><th class="n">hid</th><th>until</th><th class="n">at most</th><th></th></tr></thead><tbody>${[...rules].sort(worstFirst).map(row)}</tbody></table></div>`
}

function row({ capability, path, how, reason, hid, state, until, atMostShare }: RuleUse): Markup {
  return html`<tr><td><code>${path}</code></td><td><code>${how}</code></td><td>${capability}</td><td>${reason}</td><td class="n">${countText(hid)}</td><td>${until ?? html`<span class="dim">no end</span>`}</td><td class="n">${atMostShare === undefined ? html`<span class="dim">any</span>` : shareText(atMostShare)}</td><td><span class="rule-state ${state}">${words[state]}</span></td></tr>`
}

const words: Readonly<Record<RuleUse['state'], string>> = {
  expired: 'expired',
  overrun: 'hid too much',
  unused: 'matched nothing',
  used: 'used',
}

const order = ['expired', 'overrun', 'unused', 'used']

function worstFirst(one: RuleUse, other: RuleUse): number {
  return order.indexOf(one.state) - order.indexOf(other.state) || other.hid - one.hid
}

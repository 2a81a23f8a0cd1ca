import type { ComparisonReport } from '../report.ts'
import type { WrittenReport } from '../written-report.ts'
import { countText } from './count.ts'
import { html, type Markup } from './markup.ts'
import { inShort } from './sample.ts'

/** What each arm wrote into its own copy of the data. Undefined where no copies were used. */
export function writtenSection({ written, sides }: ComparisonReport): Markup | undefined {
  if (written === undefined) return undefined
  const { capability, aggregates, equal, different, onlyLegacy, onlyService, samples } = written
  const figures = [
    [aggregates, 'written by either arm', false],
    [equal, 'equal', false],
    [different, 'different', different > 0],
    [onlyLegacy, `by ${sides[0]} alone`, onlyLegacy > 0],
    [onlyService, `by ${sides[1]} alone`, onlyService > 0],
  ] as const
  return html`<p>Aggregates of <b>${capability}</b> in the throw-away copies, compared through the translator.</p>
<dl class="tiles">${figures.map(([count, name, bad]) => html`<div><dt>${name}</dt><dd class="${bad ? 'bad' : ''}">${countText(count)}</dd></div>`)}</dl>
${notes(written)}
${samples.map((sample) => html`<div class="written"><p><code>${capability} ${sample.key}</code> <code>${sample.path}</code></p>${inShort({ ...sample, exchange: '', at: '', request: '' }, sides)}</div>`)}`
}

function notes({ accepted = [], leftOut = 0, differedBefore = 0 }: WrittenReport): Markup | undefined {
  const lines = [
    ...accepted.map(
      ({ path, reason, aggregates }) =>
        html`<li><b>${countText(aggregates)}</b> accepted at <code>${path}</code>: ${reason}</li>`,
    ),
    ...(leftOut > 0 ? [html`<li><b class="bad">${countText(leftOut)}</b> not compared: a bound was reached</li>`] : []),
    ...(differedBefore > 0
      ? [html`<li><b>${countText(differedBefore)}</b> differed before anything was sent</li>`]
      : []),
  ]
  return lines.length === 0 ? undefined : html`<ul class="beside">${lines}</ul>`
}

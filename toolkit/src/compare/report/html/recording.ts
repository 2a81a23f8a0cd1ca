import type { ComparisonReport } from '../report.ts'
import { skippedText } from '../skipped.ts'
import { countText } from './count.ts'
import { html, type Markup } from './markup.ts'

/** What became of every line of the recording: nothing is dropped in silence. */
export function recordingSection({ exchanges, bounds = [] }: ComparisonReport): Markup {
  const { read, sent, skipped, malformed, malformedLines, dropped } = exchanges
  const counts = [
    [read, 'exchanges read'],
    [sent, 'sent'],
    ...Object.entries(skipped).map(([reason, count]) => [count, `left out: ${skippedText(reason)}`] as const),
    [malformed, 'lines that are no exchange'],
    [dropped, 'left out by the recorder, which was too slow'],
    ...bounds.map(({ count, what }) => [count, what] as const),
  ] as const
  return html`<dl class="tiles">${counts.filter(([count], index) => index < 2 || count > 0).map(([count, name]) => html`<div><dt>${name}</dt><dd>${countText(count)}</dd></div>`)}</dl>
${malformedLines.length > 0 && html`<ul class="beside">${malformedLines.map(({ line, why }) => html`<li><b>line ${countText(line)}</b> ${why}</li>`)}</ul>`}`
}

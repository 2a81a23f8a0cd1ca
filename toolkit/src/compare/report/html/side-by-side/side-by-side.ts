import { countText } from '../count.ts'
import { type Content, html, type Markup } from '../markup.ts'
import { markChanged } from './mark.ts'
import type { Row } from './rows.ts'

/** Lines near differences that are shown at most; the rest is counted. */
const maxShown = 400
/** Equal lines kept open around a difference. */
const context = 3
/** A stretch of quiet lines shorter than this is not worth a fold, a longer one than that not worth its bytes. */
const fold = { least: 4, most: 120 }

/** Which rows are meant, and which need no look. */
export interface Emphasis {
  /** The concrete path of the difference that is being shown. */
  readonly meant: string
  /** Whether what differs at a path is known to mean nothing. */
  readonly isNoise: (path: string) => boolean
}

/** Rows side by side with what differs marked: strongly what is meant, weakly what is noise; quiet stretches folded. */
export function sideBySide(rows: readonly Row[], emphasis: Emphasis): Markup {
  let shown = 0
  let leftOut = 0
  const stretch = ({ quiet, rows: lines }: Stretch): Content => {
    if (quiet && lines.length > fold.most) return html`<p class="fold">${foldText(lines)}</p>`
    if (quiet && lines.length > fold.least) {
      return html`<details class="fold"><summary>${foldText(lines)}</summary>${lines.map((row) => line(row, emphasis))}</details>`
    }
    const fitting = lines.slice(0, Math.max(0, maxShown - shown))
    shown += fitting.length
    leftOut += lines.length - fitting.length
    return fitting.map((row) => line(row, emphasis))
  }
  const content = stretches(rows, emphasis).map(stretch)
  return html`<div class="sbs">${content}${leftOut > 0 && html`<p class="fold">${countText(leftOut)} more lines are not shown</p>`}</div>`
}

function foldText(rows: readonly Row[]): string {
  const noisy = rows.filter(({ left, right }) => left !== right).length
  return noisy === 0
    ? `${countText(rows.length)} equal lines`
    : `${countText(rows.length)} lines, ${countText(noisy)} of them differ by noise`
}

interface Stretch {
  readonly quiet: boolean
  readonly rows: readonly Row[]
}

/** Rows in stretches: near a difference that is no noise, or far from any. */
function stretches(rows: readonly Row[], emphasis: Emphasis): readonly Stretch[] {
  const near = nearDifference(rows, emphasis)
  const found: { quiet: boolean; rows: Row[] }[] = []
  for (const [index, row] of rows.entries()) {
    const quiet = near[index] !== true
    const last = found.at(-1)
    if (last === undefined || last.quiet !== quiet) found.push({ quiet, rows: [row] })
    else last.rows.push(row)
  }
  return found
}

function nearDifference(rows: readonly Row[], emphasis: Emphasis): readonly boolean[] {
  const near = new Array<boolean>(rows.length).fill(false)
  for (const [index, row] of rows.entries())
    if (row.left !== row.right && weightOf(row, emphasis) !== ' noise')
      near.fill(true, Math.max(0, index - context), index + context + 1)
  return near
}

function line(row: Row, emphasis: Emphasis): Markup {
  if (row.left === row.right)
    return html`<div class="ln"><code>${row.left ?? ''}</code><code>${row.right ?? ''}</code></div>`
  const [left, right] = markChanged(row.left, row.right)
  return html`<div class="ln diff${weightOf(row, emphasis)}">${side(left, 'a')}${side(right, 'b')}</div>`
}

function weightOf({ path }: Row, { meant, isNoise }: Emphasis): '' | ' meant' | ' noise' {
  if (path === undefined) return ''
  if (path === meant) return ' meant'
  return isNoise(path) ? ' noise' : ''
}

function side(content: Markup | undefined, arm: 'a' | 'b'): Markup {
  return content === undefined ? html`<code class="${arm} none"></code>` : html`<code class="${arm}">${content}</code>`
}

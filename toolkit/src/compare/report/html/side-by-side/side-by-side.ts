import { countText } from '../../figures.ts'
import { type Content, html, type Markup } from '../markup.ts'
import { markChanged } from './mark.ts'
import { alignBodies, type Row } from './rows.ts'

/** Lines near differences that are shown at most; the rest is counted. */
const maxShown = 400
/** Equal lines kept open around a difference. */
const context = 3
/** A stretch of equal lines shorter than this is not worth a fold, a longer one than that not worth its bytes. */
const fold = { least: 4, most: 120 }

/**
 * Two bodies side by side with what differs marked, equal stretches folded. `path` is the concrete path of the difference
 * that is being shown: its line is marked as the one that is meant.
 */
export function sideBySide(left: string, right: string, path: string): Markup {
  let shown = 0
  let leftOut = 0
  const stretch = ({ equal, rows }: Stretch): Content => {
    if (equal && rows.length > fold.most) return html`<p class="fold">${countText(rows.length)} equal lines</p>`
    if (equal && rows.length > fold.least)
      return html`<details class="fold"><summary>${countText(rows.length)} equal lines</summary>${rows.map((row) => line(row, path))}</details>`
    const fitting = rows.slice(0, Math.max(0, maxShown - shown))
    shown += fitting.length
    leftOut += rows.length - fitting.length
    return fitting.map((row) => line(row, path))
  }
  const lines = stretches(alignBodies(left, right)).map(stretch)
  return html`<div class="sbs">${lines}${leftOut > 0 && html`<p class="fold">${countText(leftOut)} more lines are not shown</p>`}</div>`
}

interface Stretch {
  readonly equal: boolean
  readonly rows: readonly Row[]
}

/** Rows in stretches: near a difference, or far from one. */
function stretches(rows: readonly Row[]): readonly Stretch[] {
  const near = nearDifference(rows)
  const found: { equal: boolean; rows: Row[] }[] = []
  for (const [index, row] of rows.entries()) {
    const equal = near[index] !== true
    const last = found.at(-1)
    if (last === undefined || last.equal !== equal) found.push({ equal, rows: [row] })
    else last.rows.push(row)
  }
  return found
}

function nearDifference(rows: readonly Row[]): readonly boolean[] {
  const near = new Array<boolean>(rows.length).fill(false)
  for (const [index, row] of rows.entries())
    if (row.left !== row.right) near.fill(true, Math.max(0, index - context), index + context + 1)
  return near
}

function line(row: Row, path: string): Markup {
  if (row.left === row.right)
    return html`<div class="ln"><code>${row.left ?? ''}</code><code>${row.right ?? ''}</code></div>`
  const [left, right] = markChanged(row.left, row.right)
  const meant = row.path !== undefined && row.path === path
  return html`<div class="ln ${meant ? 'diff meant' : 'diff'}">${side(left, 'a')}${side(right, 'b')}</div>`
}

function side(content: Markup | undefined, arm: 'a' | 'b'): Markup {
  return content === undefined ? html`<code class="${arm} none"></code>` : html`<code class="${arm}">${content}</code>`
}

import { stripVTControlCharacters } from 'node:util'
import Table from 'cli-table3'
import { paintFor } from './paint.ts'
import type { Shell } from './shell.ts'

const none = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
}
const borders = {
  ...none,
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
}
const gap = 2
const narrowest = 8

/** A column: its heading, and whether it holds numbers (aligned right). */
export interface Column {
  readonly head: string
  readonly right?: boolean
}

/** Rows under headings, without borders, at most as wide as the terminal: the widest column wraps. */
export function grid(
  shell: Pick<Shell, 'columns' | 'colour'>,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string {
  const widths = fit(widthsOf(columns, rows), shell.columns)
  const paint = paintFor(shell)
  const table = new Table({
    head: columns.map(({ head }) => paint.dim(head)),
    colWidths: widths,
    colAligns: columns.map(({ right }) => (right === true ? 'right' : 'left')),
    chars: { ...borders, middle: '' },
    style: { 'padding-left': 0, 'padding-right': gap, head: [], border: [], compact: true },
    wordWrap: true,
    wrapOnWordBoundary: wordsFit(rows, widths),
  })
  table.push(...rows.map((row) => [...row]))
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}

function widthsOf(columns: readonly Column[], rows: readonly (readonly string[])[]): number[] {
  return columns.map(
    ({ head }, index) => gap + Math.max(head.length, ...rows.map((row) => plainLength(row[index] ?? ''))),
  )
}

function plainLength(text: string): number {
  return Math.max(
    ...stripVTControlCharacters(text)
      .split('\n')
      .map((line) => line.length),
  )
}

/** Takes from the widest column, and then from whichever is the widest, until all fit. */
function fit(widths: readonly number[], columns: number): number[] {
  const fitted = [...widths]
  let excess = fitted.reduce((sum, width) => sum + width, 0) - gap - columns
  for (; excess > 0; excess--) {
    const widest = fitted.indexOf(Math.max(...fitted))
    const width = fitted[widest] ?? 0
    if (width <= narrowest) break
    fitted[widest] = width - 1
  }
  return fitted
}

/** Words stay whole where each of them fits its column. */
function wordsFit(rows: readonly (readonly string[])[], widths: readonly number[]): boolean {
  return rows.every((row) =>
    row.every((cell, index) => cell.split(/\s/).every((word) => plainLength(word) + gap <= (widths[index] ?? 0))),
  )
}

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
  const widths = fit(columns, rows, shell.columns)
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

/** Takes from the widest column that can still wrap at words; only then from columns whose words must break. Numbers stay whole, with their units. */
function fit(columns: readonly Column[], rows: readonly (readonly string[])[], available: number): number[] {
  const widths = widthsOf(columns, rows)
  const words = widthsOf(
    columns,
    rows.map((row) =>
      row.map((cell, index) => (columns[index]?.right === true ? cell : cell.replaceAll(/\s+/g, '\n'))),
    ),
  )
  const shrunk = shrink(widths, words, available)
  return shrink(
    shrunk,
    shrunk.map(() => narrowest),
    available,
  )
}

function shrink(widths: readonly number[], floors: readonly number[], available: number): number[] {
  const shrunk = [...widths]
  const roomOf = (index: number) => (shrunk[index] ?? 0) - (floors[index] ?? 0)
  let excess = shrunk.reduce((sum, width) => sum + width, 0) - gap - available
  for (; excess > 0; excess--) {
    const able = [...shrunk.keys()].filter((index) => roomOf(index) > 0)
    const widest = able.sort((a, b) => (shrunk[b] ?? 0) - (shrunk[a] ?? 0))[0]
    if (widest === undefined) break
    shrunk[widest] = (shrunk[widest] ?? 0) - 1
  }
  return shrunk
}

/** Words stay whole where each of them fits its column. */
function wordsFit(rows: readonly (readonly string[])[], widths: readonly number[]): boolean {
  return rows.every((row) =>
    row.every((cell, index) => cell.split(/\s/).every((word) => plainLength(word) + gap <= (widths[index] ?? 0))),
  )
}

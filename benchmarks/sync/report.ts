/** One row of the table. */
export interface Measured {
  readonly what: string
  /** What was reached, in `unit`; undefined where it failed, with `why`. */
  readonly value: number | undefined
  readonly unit: '/s' | 'ms' | '%' | 'MiB'
  /** The physical limit, in the same unit; undefined where there is none. */
  readonly limit?: number | undefined
  /** What is to be reached: a share of the limit, or a value. */
  readonly goal?: { readonly atLeast: number } | { readonly atMost: number } | undefined
  /** In the sync's process: CPU seconds per second, and the most memory. */
  readonly cpu?: number | undefined
  readonly rssMiB?: number | undefined
  readonly why?: string | undefined
}

const widths = [38, 11, 11, 7, 9, 9, 5, 5] as const

/** The head of the table. */
export function heading(): string {
  return line(['', 'here', 'limit', 'ratio', 'goal', '', 'CPU', 'MiB'])
}

/** One row as a line of at most 96 characters. */
export function row({ what, value, unit, limit, goal, cpu, rssMiB, why }: Measured): string {
  if (value === undefined) return `${what.padEnd(widths[0])} not measured: ${why ?? 'no reason given'}`
  const ratio = limit === undefined ? undefined : value / limit
  return line([
    what,
    withUnit(value, unit),
    limit === undefined ? '' : withUnit(limit, unit),
    ratio === undefined ? '' : ratio.toFixed(3),
    goal === undefined ? '' : goalText(goal, ratio === undefined ? unit : undefined),
    goal === undefined ? '' : reaches(goal, ratio ?? value) ? 'reached' : 'MISSED',
    cpu === undefined ? '' : `${Math.round(100 * cpu)}%`,
    rssMiB === undefined ? '' : String(Math.round(rssMiB)),
  ])
}

/** A row that could not be measured. */
export function notMeasured(what: string, thrown: unknown): Measured {
  return { what, value: undefined, unit: '/s', why: lastWords(thrown) }
}

/** A number with a space between thousands. */
export function grouped(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ' ')
}

function line(cells: readonly string[]): string {
  return cells
    .map((cell, place) => (place === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[place] ?? 0)))
    .join(' ')
    .trimEnd()
}

function withUnit(value: number, unit: Measured['unit']): string {
  const number = unit === 'ms' || unit === '%' ? value.toFixed(1) : grouped(value)
  return unit === '/s' ? `${number}/s` : `${number} ${unit}`
}

function goalText(goal: NonNullable<Measured['goal']>, unit: Measured['unit'] | undefined): string {
  const bound = 'atLeast' in goal ? goal.atLeast : goal.atMost
  return `${'atLeast' in goal ? '>=' : '<'} ${unit === undefined ? bound : grouped(bound)}`
}

function reaches(goal: NonNullable<Measured['goal']>, value: number): boolean {
  return 'atLeast' in goal ? value >= goal.atLeast : value < goal.atMost
}

/** The reason that a child or a database gave, in one line. */
function lastWords(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown)
  const said = text
    .split('\n')
    .filter((part) => /\w*(Error|Fault)\b.*:|^error:/.test(part) && !part.includes('Command failed'))
  return (said[0] ?? text.split('\n')[0] ?? '').trim().slice(0, 200)
}

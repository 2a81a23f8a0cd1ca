import type { AggregateRows, ColumnValue } from '../../anti-corruption/index.ts'

/** An aggregate as JSON text for a person to read; null for none. Big integers become text, bytes become base64. */
export function imageOf(rows: AggregateRows | undefined): string | null {
  if (rows === undefined) return null
  return JSON.stringify(mapped(rows))
}

function mapped(rows: AggregateRows): unknown {
  const children = Object.entries(rows.children).map(([name, list]) => [name, list.map(readableRow)] as const)
  return { ...readableRow(rows.root), ...Object.fromEntries(children) }
}

function readableRow(row: Readonly<Record<string, ColumnValue>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, readable(value)]))
}

function readable(value: ColumnValue): unknown {
  if (typeof value === 'bigint') return String(value)
  return Buffer.isBuffer(value) ? `base64:${value.toString('base64')}` : value
}

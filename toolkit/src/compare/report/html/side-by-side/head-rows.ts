import type { ShownAnswer } from '../../report.ts'
import type { Row } from './rows.ts'

/** Status and headers of two answers as rows: each name opposite itself, in alphabetical order. */
export function headRows(left: ShownAnswer, right: ShownAnswer): readonly Row[] {
  const [a, b] = [valuesOf(left), valuesOf(right)]
  const names = [...new Set([...a.keys(), ...b.keys()])].sort()
  const rows = names.flatMap((name) => rowsOf(name, a.get(name) ?? [], b.get(name) ?? []))
  return [{ left: `status: ${left.status}`, right: `status: ${right.status}`, path: 'status' }, ...rows]
}

function valuesOf({ headers }: ShownAnswer): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>()
  for (const [name, value] of headers) {
    const known = values.get(name.toLowerCase())
    if (known === undefined) values.set(name.toLowerCase(), [value])
    else known.push(value)
  }
  return values
}

function rowsOf(name: string, left: readonly string[], right: readonly string[]): readonly Row[] {
  const text = (value: string | undefined) => (value === undefined ? undefined : `${name}: ${value}`)
  return Array.from({ length: Math.max(left.length, right.length) }, (_, index) => ({
    left: text(left[index]),
    right: text(right[index]),
    path: `header:${name}`,
  }))
}

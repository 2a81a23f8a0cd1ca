import { isUtf8 } from 'node:buffer'
import type { Value } from './value.ts'
import { type WalkOptions, walk } from './walk.ts'

/** More lines than this are no text that a person reads: then the bytes are compared. */
const maxLines = 100_000

/** Compares two texts line by line (`$[3]` is the fourth line); false when one of them is no text. */
export function compareText(legacy: Buffer, service: Buffer, by: WalkOptions): boolean {
  const a = linesOf(legacy)
  const b = linesOf(service)
  if (a === undefined || b === undefined) return false
  const oneLine = a.length === 1 && b.length === 1
  if (oneLine) walk(a[0] ?? '', b[0] ?? '', by)
  else walk(a, b, by)
  return true
}

/** Compares two forms (`application/x-www-form-urlencoded`) by their fields: `$.name`, or `$.name[1]` where it repeats. */
export function compareForms(legacy: Buffer, service: Buffer, by: WalkOptions): boolean {
  if (!isUtf8(legacy) || !isUtf8(service)) return false
  walk(fieldsOf(legacy), fieldsOf(service), by)
  return true
}

function linesOf(body: Buffer): readonly string[] | undefined {
  if (!isUtf8(body) || body.includes(0)) return undefined
  const lines = body.toString('utf8').split('\n', maxLines + 1)
  return lines.length > maxLines ? undefined : lines
}

function fieldsOf(body: Buffer): Value {
  const fields = new Map<string, string[]>()
  for (const [name, value] of new URLSearchParams(body.toString('utf8'))) {
    const known = fields.get(name)
    if (known === undefined) fields.set(name, [value])
    else known.push(value)
  }
  return Object.fromEntries(
    [...fields].map(([name, values]) => [name, values.length === 1 ? (values[0] ?? '') : values]),
  )
}

import { type Parsed, shortened } from './parsed.ts'
import { type Shape, text, type Written } from './shape.ts'

const units: ReadonlyMap<string, number> = new Map([
  ['KiB', 1024],
  ['MiB', 1024 ** 2],
  ['GiB', 1024 ** 3],
])

/** A number of bytes with a unit: `64KiB`, `16MiB`, `2GiB`; from 1 KiB to 1024 GiB. */
export function size(description: string): Shape<Written<number>> {
  return text('Allowed: a whole number with a unit, such as 64KiB, 16MiB or 2GiB; from 1KiB to 1024GiB.', parseBytes, {
    pattern: '^\\d{1,6} ?[KMG]iB$',
    description,
  })
}

function parseBytes(written: string): Parsed<number> {
  const [, digits, unit = ''] = /^(\d{1,6}) ?([KMG]iB)$/.exec(written) ?? []
  const bytes = Number(digits) * (units.get(unit) ?? Number.NaN)
  if (bytes >= 1024 && bytes <= 1024 ** 4) return { ok: true, value: bytes }
  return { ok: false, message: `"${shortened(written)}" is no size` }
}

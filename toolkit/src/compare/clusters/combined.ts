import { farther, type MetDifference, type Range, type SeenPairs } from './seen-pairs.ts'

/** What two groups of differences have in common, as if they had been one. */
export function combined(a: SeenPairs, b: SeenPairs): SeenPairs {
  const mapped = together(a.mapped, b.mapped)
  return {
    differences: a.differences + b.differences,
    stale: a.stale + b.stale,
    gone: a.gone + b.gone,
    first: isBefore(b.first, a.first) ? b.first : a.first,
    last: isBefore(a.last, b.last) ? b.last : a.last,
    mapped,
    distinct: {
      legacy: mapped?.size ?? a.distinct.legacy + b.distinct.legacy,
      service: mapped === undefined ? a.distinct.service + b.distinct.service : new Set(mapped.values()).size,
    },
    added: spanned(a.added, b.added),
    ratio: spanned(a.ratio, b.ratio),
    mostApart: farther(a.mostApart, b.mostApart),
    beyondWindow: farther(a.beyondWindow, b.beyondWindow),
    late: a.late + b.late,
  }
}

function isBefore(a: MetDifference, b: MetDifference): boolean {
  const [x, y] = [a.sample, b.sample]
  return x.at < y.at || (x.at === y.at && x.exchange < y.exchange)
}

function together(
  a: ReadonlyMap<string, string> | undefined,
  b: ReadonlyMap<string, string> | undefined,
): ReadonlyMap<string, string> | undefined {
  if (a === undefined || b === undefined) return undefined
  const both = new Map(a)
  for (const [legacy, service] of b) {
    if ((both.get(legacy) ?? service) !== service) return undefined
    both.set(legacy, service)
  }
  return both
}

function spanned(a: Range | undefined, b: Range | undefined): Range | undefined {
  if (a === undefined || b === undefined) return undefined
  return { least: Math.min(a.least, b.least), most: Math.max(a.most, b.most) }
}

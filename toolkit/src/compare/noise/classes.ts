import type { Scratch } from '../report/scratch.ts'

const maxInMemory = 20_000

/** Exchanges of one route and shape that showed the same: everything that the end decides by. */
export interface ExchangeClass {
  readonly route: string
  readonly shape: string
  /** Whether legacy was asked twice, and why. */
  readonly twice: 'no' | 'drawn' | 'mismatched'
  /** Ids of the signatures between the arms, ascending; -1 for what found none any more. */
  readonly between: readonly number[]
  /** Ids of the signatures between two answers of legacy. */
  readonly ofLegacy: readonly number[]
}

/** Counts exchanges by class, exactly: what does not fit into memory goes to the scratch file. */
export interface ExchangeClasses {
  add(found: ExchangeClass): void
  each(visit: (found: ExchangeClass, count: number) => void): void
  /** Exchanges whose class was lost because the scratch file took no more. */
  lost(): ReadonlyMap<string, number>
}

/** Starts counting. */
export function buildExchangeClasses(scratch: Scratch): ExchangeClasses {
  const counts = new Map<string, number>()
  const written: { readonly at: number; readonly length: number }[] = []
  const lost = new Map<string, number>()
  const spill = () => {
    const bytes = Buffer.from(JSON.stringify([...counts]))
    const at = scratch.append(bytes)
    if (at !== undefined) written.push({ at, length: bytes.length })
    else for (const [key, count] of counts) addTo(lost, fromKey(key).route, count)
    counts.clear()
  }
  return {
    add(found) {
      addTo(counts, toKey(found), 1)
      if (counts.size >= maxInMemory) spill()
    },
    each(visit) {
      for (const { at, length } of written) {
        const read: [string, number][] = JSON.parse(scratch.read(at, length).toString('utf8'))
        for (const [key, count] of read) visit(fromKey(key), count)
      }
      for (const [key, count] of counts) visit(fromKey(key), count)
    },
    lost: () => lost,
  }
}

function addTo(counts: Map<string, number>, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count)
}

function toKey({ route, shape, twice, between, ofLegacy }: ExchangeClass): string {
  return JSON.stringify([route, shape, twice, between, ofLegacy])
}

type Key = [string, string, ExchangeClass['twice'], number[], number[]]

function fromKey(key: string): ExchangeClass {
  const [route, shape, twice, between, ofLegacy]: Key = JSON.parse(key)
  return { route, shape, twice, between, ofLegacy }
}

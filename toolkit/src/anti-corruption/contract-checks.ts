import { type AggregateRows, type Row, sameColumn } from './aggregate-rows.ts'
import { shown } from './codec.ts'
import type { Translation, Translator } from './translator.ts'

/** A sample for which a law does not hold. */
export interface BrokenLaw {
  readonly law: 'toLegacy(toService(l), l) equals l' | 'toService(toLegacy(s, l), s) equals s'
  /** The place of the sample among those that were given. */
  readonly sample: number
  /** What differs: `nm: "McKay, Ian" became "MCKAY, IAN"`. */
  readonly detail: string
}

/** What a check found. Samples that cannot be translated at all are counted apart: they prove nothing. */
export interface LawReport {
  readonly checked: number
  readonly untranslatable: number
  readonly broken: readonly BrokenLaw[]
}

type Rows = Translator<AggregateRows, AggregateRows>

/**
 * Checks the first law on samples of the legacy model: what goes to the service and comes back unchanged is what it was, in every
 * column that the translator names. For tests: with generated samples (one property run each) or with rows of a real database.
 */
export function checkLegacyRoundTrip(translator: Rows, samples: Iterable<AggregateRows>): LawReport {
  return check(samples, 'toLegacy(toService(l), l) equals l', (legacy) => {
    const service = translator.toService(legacy)
    return service.ok ? differenceAfter(legacy, translator.toLegacy(service.value, legacy)) : 'untranslatable'
  })
}

/** Checks the second law on samples of the service's model, without a legacy aggregate and with one, which is what the sample makes. */
export function checkServiceRoundTrip(translator: Rows, samples: Iterable<AggregateRows>): LawReport {
  return check(samples, 'toService(toLegacy(s, l), s) equals s', (service) => {
    const fresh = translator.toLegacy(service)
    if (!fresh.ok) return 'untranslatable'
    const again = translator.toLegacy(service, fresh.value)
    if (!again.ok) return `with a memory it is refused: ${again.problems[0]?.reason}`
    return (
      differenceAfter(service, translator.toService(fresh.value, service)) ??
      differenceAfter(service, translator.toService(again.value, service))
    )
  })
}

function check(
  samples: Iterable<AggregateRows>,
  law: BrokenLaw['law'],
  differenceOf: (sample: AggregateRows) => string | undefined,
): LawReport {
  const broken: BrokenLaw[] = []
  let checked = 0
  let untranslatable = 0
  let place = 0
  for (const sample of samples) {
    const detail = differenceOf(sample)
    if (detail === 'untranslatable') untranslatable++
    else checked++
    if (detail !== undefined && detail !== 'untranslatable') broken.push({ law, sample: place, detail })
    place++
  }
  return { checked, untranslatable, broken }
}

function differenceAfter(sample: AggregateRows, translation: Translation<AggregateRows>): string | undefined {
  if (!translation.ok)
    return `${translation.problems[0]?.path} is refused on the way back: ${translation.problems[0]?.reason}`
  const { root, children } = translation.value
  const inRoot = rowDifference('', sample.root, root)
  if (inRoot !== undefined) return inRoot
  for (const [name, rows] of Object.entries(children)) {
    const originals = sample.children[name] ?? []
    if (originals.length !== rows.length) return `${name}: ${originals.length} rows became ${rows.length}`
    for (const [place, row] of rows.entries()) {
      const difference = rowDifference(`${name}[${place}].`, originals[place] ?? {}, row)
      if (difference !== undefined) return difference
    }
  }
  return undefined
}

function rowDifference(path: string, original: Row, row: Row): string | undefined {
  const column = Object.keys(row).find((name) => !sameColumn(original[name], row[name]))
  return column === undefined ? undefined : `${path}${column}: ${shown(original[column])} became ${shown(row[column])}`
}

import { alike, type By } from './alike.ts'
import { fingerprint } from './fingerprint.ts'
import type { IdsAt } from './leaf.ts'
import { below } from './place.ts'
import { Exact, isObject, type Value } from './value.ts'

/** Which items of two arrays belong together, by their indexes. */
export interface Pairing {
  /** In the order of the legacy array. */
  readonly pairs: readonly (readonly [legacy: number, service: number])[]
  readonly onlyLegacy: readonly number[]
  readonly onlyService: readonly number[]
}

/** What is left over is tried against each other only up to this many items. */
const maxTried = 64

/** Pairs equal items, each as often as it stands there; of what is left over, those that have most in common. */
export function pairBySet(legacy: readonly Value[], service: readonly Value[], by: By): Pairing {
  const rest = pairByText(legacy, service, (item) => fingerprint(item, by.rule?.items))
  const scalars = [...rest.onlyLegacy.map((at) => legacy[at]), ...rest.onlyService.map((at) => service[at])]
  if (scalars.some(isObject))
    return pairRest(rest, (a, b) => likeness(legacy[a], service[b], { ...by, rule: by.rule?.items }))
  return rest.onlyLegacy.length === rest.onlyService.length ? pairRest(rest, () => 1) : rest
}

/** Pairs items by the value of one field, n-th with n-th where it repeats, then by ids that are known to belong together. */
export function pairByKey(
  legacy: readonly Value[],
  service: readonly Value[],
  { key, ids, place }: IdsAt & { readonly key: string },
): Pairing {
  const rest = pairByText(legacy, service, (item) => keyText(keyOf(item, key)))
  if (ids === undefined) return rest
  return pairRest(rest, (a, b) => {
    const [left, right] = [keyOf(legacy[a], key), keyOf(service[b], key)]
    if (!isId(left) || !isId(right)) return 0
    return ids.relate(left, right, below(place, key)) === 'same' ? 1 : 0
  })
}

function keyOf(item: Value | undefined, key: string): Value | undefined {
  return isObject(item) && Object.hasOwn(item, key) ? item[key] : undefined
}

function keyText(value: Value | undefined): string {
  if (value instanceof Exact) return `exact ${value.text}`
  return typeof value === 'object' && value !== null ? fingerprint(value, undefined) : `${typeof value} ${value}`
}

function isId(value: Value | undefined): value is string | number {
  return typeof value === 'string' || typeof value === 'number'
}

function pairByText(legacy: readonly Value[], service: readonly Value[], textOf: (item: Value) => string): Pairing {
  const waiting = new Map<string, number[]>()
  for (const [index, item] of service.entries()) {
    const text = textOf(item)
    const known = waiting.get(text)
    if (known === undefined) waiting.set(text, [index])
    else known.push(index)
  }
  for (const indexes of waiting.values()) indexes.reverse()
  const pairs: (readonly [number, number])[] = []
  const onlyLegacy: number[] = []
  for (const [index, item] of legacy.entries()) {
    const other = waiting.get(textOf(item))?.pop()
    if (other === undefined) onlyLegacy.push(index)
    else pairs.push([index, other])
  }
  return { pairs, onlyLegacy, onlyService: [...waiting.values()].flat().sort((a, b) => a - b) }
}

/** Pairs what is left over with what scores highest, above 0. */
function pairRest(rest: Pairing, score: (legacy: number, service: number) => number): Pairing {
  if (rest.onlyLegacy.length > maxTried || rest.onlyService.length > maxTried) return rest
  const left = new Set(rest.onlyService)
  const found: (readonly [number, number])[] = []
  for (const legacy of rest.onlyLegacy) {
    let best: number | undefined
    let most = 0
    for (const service of left) {
      const points = score(legacy, service)
      if (points > most) [best, most] = [service, points]
    }
    if (best === undefined) continue
    left.delete(best)
    found.push([legacy, best])
  }
  const paired = new Set(found.map(([legacy]) => legacy))
  return {
    pairs: [...rest.pairs, ...found].sort(([a], [b]) => a - b),
    onlyLegacy: rest.onlyLegacy.filter((index) => !paired.has(index)),
    onlyService: [...left],
  }
}

/** How many fields of two objects are alike. */
function likeness(legacy: Value | undefined, service: Value | undefined, by: By): number {
  if (!isObject(legacy) || !isObject(service)) return 0
  return Object.keys(legacy).filter(
    (key) =>
      Object.hasOwn(service, key) &&
      alike(legacy[key] ?? null, service[key] ?? null, {
        ...{ rule: by.rule?.keys.get(key), ids: by.ids, place: below(by.place, key) },
      }),
  ).length
}

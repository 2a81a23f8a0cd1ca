import type { Answer } from '../answer/answer.ts'
import { generalPath } from '../body/path.ts'
import { apartOf } from '../clusters/apart.ts'
import type { KeptExchange } from '../clusters/kept-exchanges.ts'
import type { Difference } from '../difference.ts'
import { noiseOf } from '../noise/noise-of.ts'
import { shapeOf } from '../shape/shape.ts'
import type { ComparedExchange, ComparisonOptions } from './comparison.ts'
import { answeredAt, judgeGone, staleReadOf } from './judge-gone.ts'
import { type One, sameAsLegacy } from './one.ts'
import { countShape } from './route-counts.ts'
import { valuesOf, wholePair } from './whole-values.ts'

/** In the place of a signature: a difference that found none any more. */
export const noSignature = -1
/** What was seen less often is rare. */
const fewDifferences = 50

/** Collects what one exchange shows. Gives whether it mismatches, as far as can be told before the end. */
export function collectOne(one: One): boolean {
  const { found, counts, collected, options } = one
  const { route, exchange, parameters, legacyAgain } = found
  const { legacy } = found.answers
  const shape = countShape(counts, legacy === undefined ? 'no answer' : shapeOf(legacy, parameters))
  if (legacyAgain?.why === 'drawn') counts.drawn += 1
  counts.windowMs += windowOf(found)
  const ofLegacy = collectNoise(one)
  const between = isMismatch(one) ? collectMismatch(one) : []
  if (legacy !== undefined)
    collected.sample.add(route, exchange, {
      body: legacy.body,
      at: (options.now ?? Date.now)(),
      differing: differingPaths(found),
    })
  if (between.length > 0 || ofLegacy.length > 0)
    collected.classes.add({ route, shape, twice: legacyAgain?.why ?? 'no', between, ofLegacy })
  rememberAnswer(one)
  return between.length > 0
}

/** Both arms are asked at once: what they read of the time, they read while the slower one is still answering. */
function windowOf({ tookMs }: ComparedExchange): number {
  return Math.max(tookMs.legacy ?? 0, tookMs.service ?? 0) + 1
}

function differingPaths({ verdict }: ComparedExchange): ReadonlySet<string> {
  if (verdict.kind !== 'mismatch') return nowhere
  return new Set(verdict.differences.map(({ path }) => generalPath(path)))
}

const nowhere: ReadonlySet<string> = new Set()

/** The signatures of what differs between two answers of legacy. */
function collectNoise({ found, options, collected, learnt, noisy }: One): readonly number[] {
  const { answers, legacyAgain, route, rules } = found
  if (legacyAgain === undefined || answers.legacy === undefined) return []
  // What the two arms' ids say of each other says nothing of legacy's own.
  const comparing = { ...options.comparing, ids: undefined, rules }
  const pair = [answers.legacy, legacyAgain.answer] as const
  const differences = noiseOf(...pair, comparing)
  if (differences.length === 0) return []
  learnt.learn(route, differences)
  const noise = learnt.compare(route, pair, comparing)?.differences ?? differences
  for (const { kind, path } of noise) noisy.add({ route, kind, path: generalPath(path) }, 1)
  const signed = noise.map(describe(options, pair)).map(({ shown, whole }) => {
    return collected.signatures.of(route, shown, { whole })
  })
  for (const [index, signature] of signed.entries()) {
    const apart = apartOf(noise[index]?.legacy, noise[index]?.service) ?? 0
    if (signature === undefined) continue
    signature.isOfLegacy = true
    signature.mostApartOfLegacy = Math.max(signature.mostApartOfLegacy, apart)
  }
  return unique(signed.map((signature) => signature?.id ?? noSignature))
}

/** Counts a verdict that is none, and a mismatch that only the sync's lag made, as far as anybody can tell. */
function isMismatch(one: One): boolean {
  const { counts } = one
  const { verdict, askedAgain } = one.found
  if (verdict.kind === 'match') counts.matched += 1
  if (verdict.kind === 'noise') counts.noise += 1
  if (verdict.kind !== 'mismatch') return false
  if (askedAgain === undefined || askedAgain.verdict.kind === 'not-comparable') return true
  const gone = askedAgain.verdict.kind === 'mismatch' ? 'not' : judgeGone(one, verdict.differences, askedAgain.afterMs)
  if (gone === 'not' || gone === 'flapping') counts.persistent += 1
  if (gone === 'flapping') counts.flapping += 1
  if (gone !== 'lag' && gone !== 'unseen') return true
  counts.transient += 1
  counts.matched += 1
  if (gone === 'unseen') counts.unseen += 1
  return false
}

/** The signatures of what differs between the arms, each difference counted in its own. */
function collectMismatch(one: One): readonly number[] {
  const { found, counts, collected, earlier, options } = one
  const { exchange, at, request, route } = found
  const { rules, differences: all, leftOut } = differencesOf(one)
  const staleRead = staleReadOf(one, { rules, differences: all })
  const differences = all.filter((difference) => staleRead?.asOld.has(difference) !== true)
  const described = describe(options, [found.answers.legacy, found.answers.service])
  const signed = differences.map((difference) => {
    const { shown, whole, secret } = described(difference)
    const { path, legacy, service } = shown
    const stale = !secret && earlier.had(request, path, service)
    const isStale = staleRead?.explained.has(difference) === true
    const sample = { exchange, at, request, path, legacy, service }
    return { signature: collected.signatures.of(route, shown, { whole, isStale }), sample, stale }
  })
  const rare = signed.some(({ signature }) => signature !== undefined && signature.pairs.count() < fewDifferences)
  const stale = [...(staleRead?.explained ?? [])].map(({ path }) => path)
  const keptAt = keep(one, { rules, stale, rare })
  const windowMs = windowOf(found)
  const gone = isGone(found)
  for (const { signature, sample, stale } of signed) signature?.pairs.add({ sample, keptAt, stale, gone, windowMs })
  counts.differencesLeftOut += leftOut + signed.filter(({ signature }) => signature === undefined).length
  return unique(signed.map(({ signature }) => signature?.id ?? noSignature))
}

/** To know a stale answer by later: only where it says something else than the last one did, noise aside. */
function rememberAnswer(one: One): void {
  const { found, earlier } = one
  const { legacy } = found.answers
  if (legacy === undefined || legacy.status >= 300) return
  earlier.add(found.request, legacy.body, { isSame: sameAsLegacy(one), at: answeredAt(one) })
}

function isGone({ askedAgain }: ComparedExchange): boolean {
  return askedAgain?.verdict.kind === 'match' || askedAgain?.verdict.kind === 'noise'
}

function differencesOf({ found, options, learnt }: One) {
  const { verdict, answers, route, rules } = found
  const plain = verdict.kind === 'mismatch' ? verdict : undefined
  const asItIs = { rules, differences: plain?.differences ?? [], leftOut: plain?.leftOut ?? 0 }
  if (answers.legacy === undefined || answers.service === undefined) return asItIs
  const again = learnt.compare(route, [answers.legacy, answers.service], { ...options.comparing, rules })
  return again === undefined || again.differences.length === 0 ? asItIs : again
}

/** Everything is redacted before it is kept. */
function keep(
  { found, options, collected }: One,
  { rare, ...how }: Pick<KeptExchange, 'rules' | 'stale'> & { readonly rare: boolean },
): number | undefined {
  const { legacy, service } = found.answers
  if (legacy === undefined || service === undefined) return undefined
  const redacted = (answer: Answer) => options.redact?.answer(answer) ?? answer
  const { route, capability } = found
  return collected.kept.add({ route, capability, legacy: redacted(legacy), service: redacted(service), ...how }, rare)
}

/** A difference as it may be kept, with its whole values for telling its pattern: none of a secret. */
function describe({ redact }: ComparisonOptions, [first, second]: readonly [Answer | undefined, Answer | undefined]) {
  const values = [valuesOf(first), valuesOf(second)] as const
  return (difference: Difference) => {
    const shown = redact?.difference(difference) ?? difference
    const secret = shown.legacy !== difference.legacy || shown.service !== difference.service
    return { shown, whole: secret ? shown : wholePair(shown, values), secret }
  }
}

function unique(ids: readonly number[]): readonly number[] {
  return [...new Set(ids)].sort((a, b) => a - b)
}

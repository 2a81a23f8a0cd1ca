// Comparing two answers, beside parsing them: once bytes differ, two JSON.parse are the floor that nobody gets below.
//
// Rules are on as a team has them: array keys, a tolerance, an instant. Each row is the median of rounds in which floor and
// comparer take turns, so that a busy machine slows both.
import { parseArgs } from 'node:util'
import { type CompareRule, compareAnswers } from '@banyan/toolkit/compare'
import { type AnswerPair, differingPair, equalPair, turnedPair } from './pairs.ts'

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } })
const rounds = values.quick ? 5 : 15
const roundMs = values.quick ? 80 : 250
const rules: readonly CompareRule[] = [
  { path: '$.items', keyed: 'sku', reason: 'the order of lines says nothing' },
  { path: '$.total', tolerance: 0.01, reason: 'legacy rounds each line' },
  { path: '$.placedAt', instantMs: 1000, reason: 'legacy stores whole seconds' },
]
const options = { rules }
let missed = false

console.log('| pairs | bytes | pairs/s | two JSON.parse/s | ratio | at least |\n|---|---|---|---|---|---|')
for (const bytes of [2048, 51_200]) {
  show('differing in 3 places', bytes, { make: differingPair, kind: 'mismatch', ratio: 0.75 })
  show('keys in other order', bytes, { make: turnedPair, kind: 'match' })
}
show('equal bytes', 2048, { make: equalPair, kind: 'match', perSecond: 1_000_000 })
process.exitCode = missed ? 1 : 0

interface Wanted {
  readonly make: (bytes: number, seed: number) => AnswerPair
  readonly kind: 'match' | 'mismatch'
  readonly ratio?: number
  readonly perSecond?: number
}

function show(name: string, bytes: number, wanted: Wanted): void {
  const pairs = Array.from({ length: 16 }, (_, seed) => wanted.make(bytes, seed))
  for (const { legacy, service } of pairs) {
    const { kind } = compareAnswers(legacy, service, options)
    if (kind !== wanted.kind) throw new Error(`${name}: ${kind}, not ${wanted.kind}`)
  }
  const { compared, parsed } = measure(pairs)
  const ratio = compared / parsed
  const reached = ratio >= (wanted.ratio ?? 0) && compared >= (wanted.perSecond ?? 0)
  if (!reached) missed = true
  const least = wanted.ratio ?? (wanted.perSecond === undefined ? '' : `${grouped(wanted.perSecond)}/s`)
  const size = pairs[0]?.legacy.body.length ?? 0
  console.log(
    `| ${name} | ${grouped(size)} | ${grouped(compared)} | ${grouped(parsed)} | ${ratio.toFixed(2)} | ${least}${reached ? '' : ' (missed)'} |`,
  )
}

/** Medians of both, a second. */
function measure(pairs: readonly AnswerPair[]): { readonly compared: number; readonly parsed: number } {
  const compare = ({ legacy, service }: AnswerPair) => compareAnswers(legacy, service, options)
  const parse = ({ legacy, service }: AnswerPair) => [
    JSON.parse(legacy.body.toString('utf8')),
    JSON.parse(service.body.toString('utf8')),
  ]
  for (const warmUp of [compare, parse]) perSecond(pairs, warmUp)
  const compared: number[] = []
  const parsed: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    parsed.push(perSecond(pairs, parse))
    compared.push(perSecond(pairs, compare))
  }
  return { compared: median(compared), parsed: median(parsed) }
}

/** By the processor's time, not the clock's: what else the machine does is no part of either figure. */
function perSecond(pairs: readonly AnswerPair[], run: (pair: AnswerPair) => unknown): number {
  const before = process.cpuUsage()
  let done = 0
  let tookMs = 0
  while (tookMs < roundMs) {
    for (let times = 0; times < 8; times += 1) for (const pair of pairs) run(pair)
    done += 8 * pairs.length
    const { user, system } = process.cpuUsage(before)
    tookMs = (user + system) / 1000
  }
  return (done / tookMs) * 1000
}

function median(figures: readonly number[]): number {
  return [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN
}

function grouped(figure: number): string {
  return Math.round(figure).toLocaleString('en').replaceAll(',', ' ')
}

import { deserialize, serialize } from 'node:v8'
import type { Answer } from '../answer/answer.ts'
import type { Scratch } from '../report/scratch.ts'
import type { CompareRule } from '../rules/rule.ts'

/** A mismatching exchange with both answers, redacted. */
export interface KeptExchange {
  readonly route: string
  readonly capability: string | undefined
  readonly legacy: Answer
  readonly service: Answer
  /** As they were compared. */
  readonly rules: readonly CompareRule[]
  /** The paths at which it is a stale read. */
  readonly stale: readonly string[]
}

/** So many are kept of those that are like many others. */
const mostAlike = 200_000
const lengthBytes = 4

/** Mismatching exchanges on their way to the end, in the scratch file. */
export interface KeptExchanges {
  /** Where it is kept; undefined when the bound was reached. `rare`: it shows what few others do, and goes first. */
  add(kept: KeptExchange, rare: boolean): number | undefined
  at(place: number): KeptExchange
  /** Where they are kept. */
  places(): readonly number[]
  leftOut(): number
}

interface Stored {
  readonly route: string
  readonly capability: string | undefined
  readonly rules: number
  readonly stale: readonly string[]
  readonly answers: readonly [StoredAnswer, StoredAnswer]
}

interface StoredAnswer extends Omit<Answer, 'headers'> {
  readonly headers: readonly (readonly [string, readonly string[]])[]
}

/** Starts with none. The last quarter of the scratch file is left to what is rare. */
export function buildKeptExchanges(scratch: Scratch): KeptExchanges {
  const places: number[] = []
  const ruleLists: (readonly CompareRule[])[] = []
  let leftOut = 0
  const numberOf = (rules: readonly CompareRule[]) => {
    const known = ruleLists.indexOf(rules)
    return known >= 0 ? known : ruleLists.push(rules) - 1
  }
  return {
    add({ route, capability, legacy, service, rules, stale }, rare) {
      const answers = [toStored(legacy), toStored(service)] as const
      const stored: Stored = { route, capability, rules: numberOf(rules), stale, answers }
      const mayStand = rare || (places.length < mostAlike && scratch.used() < 0.75)
      const at = mayStand ? scratch.append(withLength(serialize(stored))) : undefined
      if (at === undefined) leftOut += 1
      else places.push(at)
      return at
    },
    at(place) {
      const length = scratch.read(place, lengthBytes).readUInt32LE(0)
      const { route, capability, rules, stale, answers }: Stored = deserialize(
        scratch.read(place + lengthBytes, length),
      )
      const [legacy, service] = answers
      return {
        ...{ route, capability, stale, rules: ruleLists[rules] ?? [] },
        ...{ legacy: fromStored(legacy), service: fromStored(service) },
      }
    },
    places: () => places,
    leftOut: () => leftOut,
  }
}

function withLength(bytes: Buffer): Buffer {
  const length = Buffer.alloc(lengthBytes)
  length.writeUInt32LE(bytes.length)
  return Buffer.concat([length, bytes])
}

function toStored(answer: Answer): StoredAnswer {
  return { ...answer, headers: [...answer.headers] }
}

function fromStored(stored: StoredAnswer): Answer {
  return { ...stored, headers: new Map(stored.headers), body: Buffer.from(stored.body) }
}

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
}

/** Mismatching exchanges on their way to the end, in the scratch file. */
export interface KeptExchanges {
  /** Where it is kept; undefined when the bound was reached. */
  add(kept: KeptExchange): number | undefined
  at(place: number): KeptExchange
  count(): number
  leftOut(): number
}

interface Stored {
  readonly route: string
  readonly capability: string | undefined
  readonly rules: number
  readonly answers: readonly [StoredAnswer, StoredAnswer]
}

interface StoredAnswer extends Omit<Answer, 'headers'> {
  readonly headers: readonly (readonly [string, readonly string[]])[]
}

/** Starts with none. */
export function buildKeptExchanges(scratch: Scratch): KeptExchanges {
  const places: { readonly at: number; readonly length: number }[] = []
  const ruleLists: (readonly CompareRule[])[] = []
  let leftOut = 0
  const numberOf = (rules: readonly CompareRule[]) => {
    const known = ruleLists.indexOf(rules)
    return known >= 0 ? known : ruleLists.push(rules) - 1
  }
  return {
    add({ route, capability, legacy, service, rules }) {
      const stored: Stored = {
        route,
        capability,
        rules: numberOf(rules),
        answers: [toStored(legacy), toStored(service)],
      }
      const bytes = serialize(stored)
      const at = scratch.append(bytes)
      if (at !== undefined) return places.push({ at, length: bytes.length }) - 1
      leftOut += 1
      return undefined
    },
    at(place) {
      const found = places[place]
      if (found === undefined) throw new RangeError(`no exchange is kept at ${place}`)
      const { route, capability, rules, answers }: Stored = deserialize(scratch.read(found.at, found.length))
      const [legacy, service] = answers
      return {
        ...{ route, capability, rules: ruleLists[rules] ?? [] },
        ...{ legacy: fromStored(legacy), service: fromStored(service) },
      }
    },
    count: () => places.length,
    leftOut: () => leftOut,
  }
}

function toStored(answer: Answer): StoredAnswer {
  return { ...answer, headers: [...answer.headers] }
}

function fromStored(stored: StoredAnswer): Answer {
  return { ...stored, headers: new Map(stored.headers), body: Buffer.from(stored.body) }
}

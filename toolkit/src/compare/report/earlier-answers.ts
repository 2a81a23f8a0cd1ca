import type { Json } from '../../base/index.ts'
import { type ValueAt, valuesOf } from './whole-values.ts'

const maxBytes = 16 * 1024 * 1024
/** What an answer takes beside its body: small ones would else take many times what is counted. */
const bytesBeside = 600
const keptPerRequest = 3
const maxBodyBytes = 64 * 1024

/** What legacy said earlier to the same request, to know a stale answer by; the requests seen last, in bounded memory. */
export interface EarlierAnswers {
  /** Give every answer of legacy, in the order of a session. One that says the same as the last, noise aside, adds nothing. */
  add(request: string, body: Buffer, how: { readonly isSame?: (last: Buffer) => boolean; readonly at: number }): void
  /** Since when (ms, as `at`) legacy says this to a request; undefined when its last known answer was another. */
  unchangedSince(request: string, body: Buffer, isSame: (last: Buffer) => boolean): number | undefined
  /** Whether a value stood at a path of an earlier, different answer. */
  had(request: string, path: string, value: Json | undefined): boolean
  /** The bodies of the last different answers to a request, the latest last. */
  of(request: string): readonly Buffer[]
}

interface Earlier {
  /** Its bytes as characters: a text of this size costs a fraction of a buffer of its own. */
  readonly body: string
  /** When it was given first. */
  readonly since: number
  /** Read when they are first asked for: most never are. */
  values: ValueAt | undefined
}

type Answers = Map<string, Earlier[]>

/**
 * Starts with none. Two generations: when the young one fills its half, the old one goes at once, so that those which are not
 * asked for any more are forgotten first.
 */
export function buildEarlierAnswers(): EarlierAnswers {
  let old: Answers = new Map()
  let young: Answers = new Map()
  let youngBytes = 0
  const of = (request: string) => young.get(request) ?? old.get(request) ?? nothing
  const answersOf = (request: string) => {
    const known = young.get(request)
    if (known !== undefined) return known
    const answers = old.get(request) ?? []
    young.set(request, answers)
    for (const { body } of answers) youngBytes += sizeOf(body)
    return answers
  }
  return {
    add(request, body, { isSame = () => false, at }) {
      if (body.length === 0 || body.length > maxBodyBytes) return
      const answers = answersOf(request)
      const text = body.toString('latin1')
      const last = answers.at(-1)?.body
      if (last !== undefined && (last === text || isSame(bytesOf(last)))) return
      answers.push({ body: text, since: at, values: undefined })
      youngBytes += sizeOf(text)
      const oldest = answers.length > keptPerRequest ? answers.shift() : undefined
      if (oldest !== undefined) youngBytes -= sizeOf(oldest.body)
      if (youngBytes * 2 < maxBytes) return
      old = young
      young = new Map()
      youngBytes = 0
    },
    unchangedSince(request, body, isSame) {
      const last = of(request).at(-1)
      if (last === undefined) return undefined
      return last.body === body.toString('latin1') || isSame(bytesOf(last.body)) ? last.since : undefined
    },
    of: (request) => of(request).map(({ body }) => bytesOf(body)),
    had(request, path, value) {
      if (value === undefined) return false
      const text = JSON.stringify(value)
      return of(request).some((answer) => JSON.stringify(valueAt(answer, path)) === text)
    },
  }
}

const nothing: readonly Earlier[] = []

function valueAt(answer: Earlier, path: string): Json | undefined {
  answer.values ??= valuesOf({ body: bytesOf(answer.body) })
  return answer.values(path)
}

function sizeOf(body: string): number {
  return body.length + bytesBeside
}

function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

import type { CompareRule, FlatAnswer } from '@banyan/toolkit/compare'
import type { BothAnswers } from './compare-in-thread.ts'
import type { ComparingBatch, ComparingJob, SentAnswer } from './comparing-messages.ts'

/** One comparison that is to be sent. */
export interface ToCompare {
  readonly number: number
  readonly answers: BothAnswers
  readonly rules: readonly CompareRule[]
}

const texts = new WeakMap<readonly CompareRule[], string>()

/** Packs comparisons into one message. Their bodies are copied into memory of its own, which the thread gets. */
export function packBatch(all: readonly ToCompare[]): ComparingBatch {
  const length = all.reduce((sum, { answers }) => sum + answers.legacy.body.length + answers.service.body.length, 0)
  const bytes = new Uint8Array(new ArrayBuffer(length))
  let at = 0
  const pack = ({ status, headers, body, truncated }: FlatAnswer): SentAnswer => {
    const from = at
    at += body.copy(bytes, from)
    return { status, headers, at: from, length: body.length, truncated }
  }
  const jobs = all.map(
    ({ number, answers: { legacy, service }, rules }): ComparingJob => ({
      ...{ number, legacy: pack(legacy), service: pack(service), rules: textOf(rules) },
    }),
  )
  return { jobs, bytes: bytes.buffer }
}

function textOf(rules: readonly CompareRule[]): string {
  const known = texts.get(rules)
  if (known !== undefined) return known
  const text = JSON.stringify(rules)
  texts.set(rules, text)
  return text
}

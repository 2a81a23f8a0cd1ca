import { randomBytes } from 'node:crypto'
import { parentPort } from 'node:worker_threads'
import { type CompareRule, compareAnswers, mapDifferences, toAnswer, type WireAnswer } from '@banyan/toolkit/compare'
import { buildRedactor, buildShownDifferences } from '@banyan/toolkit/traffic'
import { maxCopyBytes } from '../passage/body-copy.ts'
import type { Compared, ComparingJob, SentAnswer } from './comparing-messages.ts'

/** Lists of rules that are kept compiled: one for each capability, and a few more after a change. */
const maxRuleLists = 256

/** The thread in which answers are unpacked, parsed and compared, so that none of it costs a request its time (law 1). */
const port = parentPort
if (port === null) throw new Error('the comparing worker is started by an edge')
/** By the answers, which leave this thread as little as their secrets do; by the names in paths, the edge does it. */
const shown = buildShownDifferences(buildRedactor({ key: randomBytes(32) }))
const lists = new Map<string, readonly CompareRule[]>()

port.on('message', (job: ComparingJob) => {
  void compare(job).then((compared) => port.postMessage(compared))
})

async function compare({ number, legacy, service, rules }: ComparingJob): Promise<Compared> {
  try {
    const bound = 4 * maxCopyBytes
    const [left, right] = await Promise.all([toAnswer(wire(legacy), bound), toAnswer(wire(service), bound)])
    const verdict = compareAnswers(left, right, { rules: listOf(rules) })
    shown.from([left, right])
    return { number, verdict: mapDifferences(verdict, shown.difference) }
  } catch {
    return { number, verdict: { kind: 'not-comparable', why: 'comparer-failed' } }
  }
}

/** Rules come from the route table, which was read already; the text stands for one list, so that it is compiled once. */
function listOf(text: string): readonly CompareRule[] {
  const known = lists.get(text)
  if (known !== undefined) return known
  if (lists.size >= maxRuleLists) lists.clear()
  const list: readonly CompareRule[] = JSON.parse(text)
  lists.set(text, list)
  return list
}

function wire({ body, ...answer }: SentAnswer): WireAnswer {
  return { ...answer, body: Buffer.from(body.buffer, body.byteOffset, body.byteLength) }
}

import { randomBytes } from 'node:crypto'
import { constants, setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { type CompareRule, compareAnswers, mapDifferences, toAnswer, type WireAnswer } from '@banyan/toolkit/compare'
import { buildRedactor, buildShownDifferences } from '@banyan/toolkit/traffic'
import { headerPairs } from '../forward/header-lines.ts'
import { maxCopyBytes } from '../passage/body-copy.ts'
import type { Compared, ComparingBatch, ComparingJob, SentAnswer } from './comparing-messages.ts'

/** Lists of rules that are kept compiled: one for each capability, and a few more after a change. */
const maxRuleLists = 256

/** The thread in which answers are unpacked, parsed and compared, so that none of it costs a request its time (law 1). */
const port = parentPort
if (port === null) throw new Error('the comparing worker is started by an edge')
/** By the answers, which leave this thread as little as their secrets do; by the names in paths, the edge does it. */
const shown = buildShownDifferences(buildRedactor({ key: randomBytes(32) }))
const lists = new Map<string, readonly CompareRule[]>()

comesLast()
port.on('message', ({ jobs, bytes }: ComparingBatch) => {
  void Promise.all(jobs.map((job) => compare(job, bytes))).then((compared) => port.postMessage(compared))
})

/**
 * Requests come first, where both share a core: Linux knows a priority of each thread, and takes the caller's for that of process 0.
 * Elsewhere it would be that of the whole edge.
 */
function comesLast(): void {
  if (process.platform === 'linux') setPriority(0, constants.priority.PRIORITY_LOW)
}

async function compare({ number, legacy, service, rules }: ComparingJob, bytes: ArrayBuffer): Promise<Compared> {
  try {
    const bound = 4 * maxCopyBytes
    const [left, right] = await Promise.all([
      toAnswer(wire(legacy, bytes), bound),
      toAnswer(wire(service, bytes), bound),
    ])
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

function wire({ status, headers, at, length, truncated }: SentAnswer, bytes: ArrayBuffer): WireAnswer {
  const body = Buffer.from(bytes, at, length)
  return { status, headers: headerPairs(headers), body, truncated }
}

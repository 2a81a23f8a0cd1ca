import { isJsonObject, type Json } from '@banyan/toolkit/base'
import type { WhyAnswer } from '../../admin/admin-api.ts'

/** Requests of this id that any worker remembers, the newest first. */
export function mergeWhy(answers: readonly WhyAnswer[]): WhyAnswer {
  const memories = answers.map(({ memory }) => memory)
  const total = (count: (memory: WhyAnswer['memory']) => number) =>
    memories.reduce((sum, memory) => sum + count(memory), 0)
  return {
    formatVersion: 1,
    requests: answers.flatMap(({ requests }) => requests).sort((a, b) => (a.at < b.at ? 1 : -1)),
    memory: {
      remembered: total(({ remembered }) => remembered),
      // From the latest on all of them remember.
      since: memories
        .flatMap(({ since }) => since ?? [])
        .sort()
        .at(-1),
      perSecond: total(({ perSecond }) => perSecond),
      leftOut: total(({ leftOut }) => leftOut),
    },
  }
}

/** A worker's share of the lines that a reader wants in a second. */
export function shareOfTap(body: Json | undefined, workers: number): Json {
  if (!isJsonObject(body)) return body ?? {}
  const perSecond = body.perSecond ?? 200
  const isRate = typeof perSecond === 'number' && perSecond > 0
  return isRate && workers > 0 ? { ...body, perSecond: Math.ceil(perSecond / workers) } : body
}

import { setImmediate as nextTurn } from 'node:timers/promises'

/** Does work that comes in steps, one in each turn of the event loop: requests have theirs in between. */
export async function inSteps<Result>(work: Generator<void, Result>): Promise<Result> {
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
    await nextTurn()
  }
}

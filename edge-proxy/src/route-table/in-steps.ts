import { setTimeout as pause } from 'node:timers/promises'

/**
 * Does work that comes in steps, with a pause of 1 ms behind each. A request takes several turns of the event loop: were there a
 * step in each of them, it would wait for several.
 */
export async function inSteps<Result>(work: Generator<void, Result>): Promise<Result> {
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
    await pause(1)
  }
}

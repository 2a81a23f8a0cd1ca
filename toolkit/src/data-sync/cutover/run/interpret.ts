import type { CutoverAction, Protocol } from '../action.ts'

/** Does an action; the model does it in memory, production over the ports. */
export type Perform = (action: CutoverAction) => Promise<unknown>

/**
 * Runs a protocol to its end: does each action that it yields, one after the other, and gives it the result, or throws into it what doing it threw.
 * Returns what the protocol returns, throws what it throws.
 */
export async function interpret<Result>(protocol: Protocol<Result>, perform: Perform): Promise<Result> {
  let step = protocol.next()
  while (step.done !== true) {
    const outcome = await settled(perform(step.value))
    step = 'thrown' in outcome ? protocol.throw(outcome.thrown) : protocol.next(outcome.result)
  }
  return step.value
}

async function settled(work: Promise<unknown>): Promise<{ readonly result: unknown } | { readonly thrown: unknown }> {
  try {
    return { result: await work }
  } catch (thrown) {
    return { thrown }
  }
}

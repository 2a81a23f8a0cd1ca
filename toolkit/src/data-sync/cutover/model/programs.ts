import { messageOf } from '../../../base/index.ts'
import type { CutoverAction } from '../action.ts'
import type { CutoverPlan } from '../plan.ts'
import { cutover, type StepLists } from '../protocol.ts'
import { recover } from '../recovery.ts'

/** A run of the protocol that the model may hold, fork and go on with. */
export interface Program {
  readonly kind: 'cutover' | 'recovery'
  readonly plan: CutoverPlan
}

/** What an action gave back, or the fault that it threw. */
export type Outcome = { readonly result: unknown } | { readonly fault: string }

/** Where a program stands: at an action, or at its end. */
export interface Standing {
  readonly program: Program
  readonly action: CutoverAction | undefined
  /** How it ended: what it threw; undefined when it returned. */
  readonly threw: string | undefined
}

/**
 * The protocol's generators as a tree: each node is a history of outcomes, with the action that follows it. A generator cannot be copied, so a node that is new is
 * reached by running its program anew through the history.
 */
export interface Programs {
  start(program: Program): number
  at(node: number): Standing
  /** The node that follows when the action of this one came to `outcome`. */
  next(node: number, outcome: Outcome): number
}

interface Node extends Standing {
  readonly history: readonly Outcome[]
  readonly next: Map<string, number>
}

// What these do is of no consequence in the model, so it does not stop there.
const silent: Readonly<Record<string, unknown>> = {
  'install-owners': undefined,
  request: undefined,
  'hand-over-ids': {},
}

/** Runs the given steps of the protocol. */
export function buildPrograms(steps: StepLists): Programs {
  const nodes: Node[] = []
  const starts = new Map<string, number>()

  return {
    start: (program) => remembered(starts, JSON.stringify(program), () => grow(program, [])),
    at: (node) => nodeAt(node),
    next: (node, outcome) => {
      const { next, program, history } = nodeAt(node)
      return remembered(next, JSON.stringify(outcome), () => grow(program, [...history, outcome]))
    },
  }

  function nodeAt(node: number): Node {
    const found = nodes[node]
    if (found === undefined) throw new RangeError(`no node ${node}`)
    return found
  }

  function grow(program: Program, history: readonly Outcome[]): number {
    const reached = replay(program, history)
    const { action } = reached
    if (action !== undefined && action.do in silent) return grow(program, [...history, { result: silent[action.do] }])
    return nodes.push({ program, history, next: new Map(), ...reached }) - 1
  }

  function replay({ kind, plan }: Program, history: readonly Outcome[]): Pick<Standing, 'action' | 'threw'> {
    const run = kind === 'cutover' ? cutover(plan, steps) : recover(plan, steps.undo)
    try {
      let step = run.next()
      for (const outcome of history) {
        step = 'fault' in outcome ? run.throw(new Error(outcome.fault)) : run.next(outcome.result)
      }
      return { action: step.done === true ? undefined : step.value, threw: undefined }
    } catch (thrown) {
      return { action: undefined, threw: messageOf(thrown) }
    }
  }
}

function remembered(map: Map<string, number>, key: string, make: () => number): number {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

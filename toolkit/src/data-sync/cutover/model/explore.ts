import { protocolSteps, type StepLists } from '../protocol.ts'
import { type Move, movesOf } from './moves.ts'
import { buildPrograms } from './programs.ts'
import { brokenAtEnd, brokenPromise } from './promises.ts'
import { type Bounds, type Mistakes, newWorld, type World } from './world.ts'

/** What is explored, and how. */
export interface Exploration extends Bounds {
  readonly mistakes?: Mistakes
  /** The lists of steps of the protocol, or such a list with a mistake in it. */
  readonly steps?: StepLists
  /** Ends the exploration with a fault when there are more. Default 1 000 000. */
  readonly maxStates?: number
}

/** What an exploration came to. */
export interface Explored {
  /** Different states that were seen. */
  readonly states: number
  /** Among them, those after which nothing happens any more. */
  readonly ends: number
  /** Everything that happened in at least one of them: `A: hold`, `A is killed before commit`. */
  readonly moves: ReadonlySet<string>
  /** The shortest way to a broken promise; undefined: none is broken in any state. */
  readonly counterexample: Counterexample | undefined
}

/** What is broken, and what happened until then. */
export interface Counterexample {
  readonly broken: string
  readonly trace: readonly string[]
}

interface Seen {
  readonly from: number
  readonly label: string
}

/** Goes through every interleaving within the bounds, breadth-first, each state once; ends at the first broken promise. */
export function explore(exploration: Exploration): Explored {
  const { mistakes = {}, steps = protocolSteps, maxStates = 1_000_000 } = exploration
  const model = { bounds: exploration, mistakes, programs: buildPrograms(steps) }
  const first = JSON.stringify(newWorld(exploration))
  const known = new Set([first])
  const moves = new Set<string>()
  const seen: Seen[] = [{ from: -1, label: 'the beginning' }]
  let wave: { readonly text: string; readonly at: number }[] = [{ text: first, at: 0 }]
  let ends = 0
  const found = (at: number, broken: string): Explored => ({
    states: seen.length,
    ends,
    moves,
    counterexample: { broken, trace: traceTo(seen, at) },
  })

  while (wave.length > 0) {
    const next: typeof wave = []
    for (const { text, at } of wave) {
      const world: World = JSON.parse(text)
      const broken = brokenPromise(world)
      if (broken !== undefined) return found(at, broken)
      const reached = movesOf(world, model).flatMap((move) => after(move, text))
      if (reached.length === 0) {
        ends++
        const brokenNow = brokenAtEnd(world)
        if (brokenNow !== undefined) return found(at, brokenNow)
      }
      for (const { label, text: nextText } of reached) {
        moves.add(label)
        if (known.has(nextText)) continue
        known.add(nextText)
        next.push({ text: nextText, at: seen.push({ from: at, label }) - 1 })
      }
      if (seen.length > maxStates) throw new RangeError(`more than ${maxStates} states`)
    }
    wave = next
  }
  return { states: seen.length, ends, moves, counterexample: undefined }
}

function after({ label, apply }: Move, text: string): readonly { readonly label: string; readonly text: string }[] {
  const world: World = JSON.parse(text)
  return apply(world) ? [{ label, text: JSON.stringify(world) }] : []
}

function traceTo(seen: readonly Seen[], last: number): readonly string[] {
  const trace: string[] = []
  for (let at = last; at > 0; at = seen[at]?.from ?? 0) trace.unshift(seen[at]?.label ?? '')
  return trace
}

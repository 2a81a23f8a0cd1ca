import type { Arm, CutoverAction, End } from '../action.ts'
import { otherArm } from '../plan.ts'
import type { EdgeAction } from './edges.ts'
import type { Program } from './programs.ts'
import type { Mistakes, Row, World } from './world.ts'

/** What doing an action in the world came to: its result, or that it waits for something. */
export type Done = { readonly result: unknown } | 'waits'

/** Does an action of a program that goes to the databases. */
export function act(world: World, action: Exclude<CutoverAction, EdgeAction>, context: Context): Done {
  const { program, mistakes } = context
  const { to, id } = program.plan
  const row = (at: End) => world.rows[at === 'target' ? to : otherArm(to)]
  switch (action.do) {
    case 'read-row':
      return { result: seen(row(action.at)) }
    case 'write-intent':
      return { result: writeIntent(row(action.at), action.epoch, { from: null, to: id }) }
    case 'clear-intent':
      return { result: writeIntent(row(action.at), action.epoch, { from: id, to: null }) }
    case 'install-capture':
      world.captured[to] = true
      return { result: { feed: 'feed', head: String(world.feed[to]) } }
    case 'note-start':
      noteStart(world, to, { head: Number(action.head), mistakes })
      return { result: undefined }
    case 'move':
      return move(world, action, context)
    case 'read-tail':
      return {
        result: {
          keys: world.feed[otherArm(to)] > (world.checkpoint[to] ?? 0) ? [1] : [],
          through: String(world.feed[otherArm(to)]),
        },
      }
    case 'await-applied':
      return (world.checkpoint[to] ?? 0) >= Number(action.through) ? { result: true } : 'waits'
    case 'verify-tail':
      return { result: { compared: action.keys.length, differences: differences(world, action.keys.length) } }
    case 'install-owners':
    case 'request':
    case 'hand-over-ids':
      return { result: undefined }
    default: {
      const never: never = action
      return never
    }
  }
}

/** Which program acts, in what world. */
export interface Context {
  readonly program: Program
  readonly mistakes: Mistakes
  /** Where the stray writer writes. */
  readonly strayArm: Arm
}

function move(
  world: World,
  action: Extract<CutoverAction, { do: 'move' }>,
  { program, mistakes, strayArm }: Context,
): Done {
  const arm = action.at === 'target' ? program.plan.to : otherArm(program.plan.to)
  const row = world.rows[arm]
  const isBlind = mistakes.blindCommit === true && action.step === 'commit'
  if (!isBlind && (row.owner !== action.expected.owner || row.epoch !== action.expected.epoch))
    return { result: 'changed' }
  // Only who takes the right to write away waits for those who use it.
  const takesAway = action.expected.owner !== 'moving' && action.next.owner !== action.expected.owner
  if (takesAway && world.stray === 'open' && arm === strayArm && !mistakes.noLock) return 'waits'
  row.owner = action.next.owner
  row.epoch = action.next.epoch
  return { result: 'moved' }
}

function writeIntent(
  row: Row,
  epoch: number,
  intent: { readonly from: string | null; readonly to: string | null },
): boolean {
  if (row.epoch !== epoch || row.intent !== intent.from) return false
  row.intent = intent.to
  return true
}

function noteStart(
  world: World,
  to: Arm,
  { head, mistakes }: { readonly head: number; readonly mistakes: Mistakes },
): void {
  const back = otherArm(to)
  const known = world.checkpoint[back]
  if (mistakes.startAtHead) world.checkpoint[back] = Math.max(known ?? 0, world.feed[to])
  else if (known === null) world.checkpoint[back] = head
}

function differences({ data }: World, keys: number): readonly string[] {
  return keys > 0 && data.legacy.join() !== data.service.join() ? ['the aggregate'] : []
}

function seen({ owner, epoch, intent }: Row): unknown {
  return { owner, epoch, intent: intent ?? undefined }
}

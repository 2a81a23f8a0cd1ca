import type { ActionResults, CutoverAction, TailVerified } from '../action.ts'
import type { HoldReport } from '../edges.ts'
import { shownOwner } from '../plan.ts'

/** What an action saw, for people; undefined where the step says enough. */
export function sawOf(action: CutoverAction, result: unknown): string | undefined {
  return wordsOf(action.do)?.(result, action)
}

type Say = (result: unknown, action: CutoverAction) => string | undefined
type Words = {
  readonly [Name in keyof ActionResults]?: (result: ActionResults[Name], action: CutoverAction) => string | undefined
}

const words: Words = {
  'install-capture': ({ head }) => `the way back starts at ${head}`,
  drain: (drained) => (drained ? 'every edge holds, no write in flight' : 'a write is still in flight'),
  'announce-fence': (held) => (held ? 'every edge knows' : 'a hold was no longer there'),
  move: (moved, action) => (action.do === 'move' ? sayMove(moved, shownOwner(action.next)) : undefined),
  'read-tail': ({ keys, through }) => `${counted(keys.length, 'aggregate')}, up to ${through}`,
  'verify-tail': sayTail,
  'hand-over-ids': (floors) => {
    const said = Object.entries(floors).map(([name, floor]) => `${name} above ${floor}`)
    return said.length === 0 ? 'no ids to hand over' : said.join(', ')
  },
  'move-owner': () => 'every edge acknowledged',
  release: sayHold,
}

function wordsOf(name: keyof ActionResults): Say | undefined {
  // Each entry takes the result of its own action, which is what it is handed.
  return words[name] as Say | undefined
}

function sayMove(moved: ActionResults['move'], to: string): string {
  if (moved === 'moved') return to
  return moved === 'busy' ? 'the database stayed locked' : 'the row holds something else'
}

function sayTail({ compared, differences }: TailVerified): string {
  if (compared === 0) return 'nothing was left to apply'
  return `${compared - differences.length} of ${compared} verified equal`
}

function sayHold({ held, released, refused, left }: HoldReport): string {
  const others = [refused > 0 ? `${refused} refused with 503` : '', left > 0 ? `${left} left by their clients` : '']
  return [`${counted(held, 'request')} held, ${released} released`, ...others].filter((said) => said !== '').join(', ')
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

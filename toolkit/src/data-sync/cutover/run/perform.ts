import { Fault } from '../../../base/index.ts'
import type { CutoverIntent, OwnerStore } from '../../ports/owner.ts'
import type { ActionResults, CutoverAction } from '../action.ts'
import type { HoldBounds } from '../edges.ts'
import type { Workbench } from '../parts.ts'
import { type CutoverPlan, ownersOf } from '../plan.ts'
import type { Budget } from './budget.ts'
import { type Ends, endsOf, lockBounds, readRow } from './ends.ts'
import { handOverIds } from './hand-over-ids.ts'
import type { IntentKeeper } from './intent-keeper.ts'
import type { Perform } from './interpret.ts'
import { awaitApplied, readTail, verifyTail } from './tail.ts'

/** What the actions of one run are done with. */
export interface Performing {
  readonly bench: Workbench
  readonly plan: CutoverPlan
  readonly bounds: HoldBounds
  readonly budget: Budget
  readonly keeper: IntentKeeper
}

type Of<Name extends CutoverAction['do']> = Extract<CutoverAction, { do: Name }>
type Doers = { readonly [Name in CutoverAction['do']]: (action: Of<Name>) => Promise<ActionResults[Name]> }

/** How long a move that undoes or ends a cutover waits for locks; the fence waits for what is left of the hold. */
const lockWaitMs = 2000
const fenceBackMs = 500

/** Does the actions of one run over the databases and the edges. */
export function buildPerform(performing: Performing): Perform {
  const ends = endsOf(performing.bench, performing.plan)
  const doers: Doers = { ...rowDoers(performing, ends), ...dataDoers(performing, ends), ...edgeDoers(performing) }
  return (action) => perform(doers, action)
}

// The compiler cannot see that an action and its doer have the same name, but the type of `Doers` says so.
function perform<Name extends CutoverAction['do']>(
  doers: Doers,
  action: Of<Name> & { readonly do: Name },
): Promise<unknown> {
  const doer: (action: Of<Name>) => Promise<unknown> = doers[action.do]
  return doer(action)
}

type RowAction = 'install-owners' | 'read-row' | 'write-intent' | 'clear-intent' | 'move'

function rowDoers({ plan, keeper, budget }: Performing, ends: Ends): Pick<Doers, RowAction> {
  const { owners } = ends
  return {
    'install-owners': async () => {
      for (const store of [owners.source, owners.target]) await store.install()
      return undefined
    },
    'read-row': ({ at }) => readRow(ends, at),
    'write-intent': async ({ at, epoch }) => {
      const fence = await fenceBefore(owners[at])
      const { fenceBefore: _, ...present } = keeper.present()
      const written = await owners[at].writeIntent({ epoch, id: undefined }, { ...present, ...fence })
      if (!written) return false
      if (at === 'target') keeper.begin(epoch, fence)
      if (fence !== undefined) await owners[at].setFence('enforce')
      return true
    },
    'clear-intent': async ({ at, epoch }) => {
      if (at === 'target') await keeper.end()
      if (epoch === ownersOf(plan).undone.epoch) await setFenceBack(owners[at], plan)
      return await owners[at].writeIntent({ epoch, id: plan.id }, undefined)
    },
    move: async ({ at, step, expected, next }) => {
      const withinMs = step === 'fence' || step === 'commit' ? budget.leftMs() : lockWaitMs
      const moved = await owners[at].move(expected, next, lockBounds(withinMs, lockWaitMs))
      if (moved === 'moved' && at === 'target') keeper.movedTo(next.epoch)
      return moved
    },
  }
}

/** What is noted of a fence that does not enforce yet. */
async function fenceBefore(store: OwnerStore): Promise<Pick<CutoverIntent, 'fenceBefore'> | undefined> {
  const fence = (await store.read())?.fence ?? 'enforce'
  return fence === 'enforce' ? undefined : { fenceBefore: fence }
}

// An undo must not wait for the writer that it was undone for: where that one keeps the row locked, the fence goes on enforcing, which no owner feels.
async function setFenceBack(store: OwnerStore, { id }: CutoverPlan): Promise<void> {
  const intent = (await store.read())?.intent
  if (intent?.id !== id || intent.fenceBefore === undefined) return
  await store.setFence(intent.fenceBefore, { withinMs: fenceBackMs }).catch((thrown: unknown) => {
    if (!(thrown instanceof Fault) || thrown.code !== 'sync-database-busy') throw thrown
  })
}

type DataAction =
  | 'install-capture'
  | 'note-start'
  | 'read-tail'
  | 'request'
  | 'await-applied'
  | 'verify-tail'
  | 'hand-over-ids'

function dataDoers({ budget }: Performing, { forth, back, ids }: Ends): Pick<Doers, DataAction> {
  return {
    'install-capture': async () => {
      await back.target.prepare()
      await back.feed.install()
      const head = await back.feed.head()
      return { feed: (await back.feed.identity()) ?? '', head }
    },
    'note-start': async ({ feed, head }) => {
      // The head was read before the checkpoint: so a coordinator that was paused in between never sets it past what is not applied.
      const job = await back.target.readJob()
      const isKnown = job.feed === feed && job.position !== undefined && (await back.feed.reaches(job.position))
      if (!isKnown) await back.target.startFrom(feed, head)
      return undefined
    },
    'read-tail': () => readTail(forth),
    request: async ({ keys }) => {
      if (keys.length > 0) await forth.target.request(keys)
      return undefined
    },
    'await-applied': (tail) => awaitApplied(forth, tail, budget.leftMs),
    'verify-tail': ({ keys }) => verifyTail(forth, keys),
    'hand-over-ids': () => handOverIds(ids, forth.direction),
  }
}

type EdgeAction = 'hold' | 'drain' | 'announce-fence' | 'move-owner' | 'release'

function edgeDoers({ bench, budget, bounds }: Performing): Pick<Doers, EdgeAction> {
  const { edges } = bench
  return {
    hold: async ({ epoch }) => {
      budget.begin()
      await edges.hold(epoch, bounds)
      return undefined
    },
    drain: ({ epoch }) => edges.drained(epoch, Math.max(1, Math.floor(budget.leftMs()))),
    'announce-fence': ({ epoch }) => edges.fenced(epoch),
    'move-owner': async ({ owner, epoch }) => {
      await edges.moveOwner(owner, epoch)
      return undefined
    },
    release: ({ owner, epoch }) => edges.release(owner, epoch),
  }
}

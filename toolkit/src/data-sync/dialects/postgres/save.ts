import type { AggregateChange, RefusedChange } from '../../ports/target.ts'
import type { AggregateShapes } from './catalog.ts'
import { copyNew } from './copy-new.ts'
import { isRefusal, refusalOf } from './fault.ts'
import { parkGroup, unparked } from './park.ts'
import type { PostgresSession } from './session.ts'
import { UnstorableValue } from './value.ts'
import { writeAggregates } from './writer.ts'

/**
 * Saves what the constraints allow, each aggregate wholly or not at all; gives back what they refuse in whatever order it is tried.
 * All at once first; a chunk that is refused is halved until what is refused stands alone.
 */
export async function saveEach(
  session: PostgresSession,
  shapes: AggregateShapes,
  changes: readonly AggregateChange[],
): Promise<readonly RefusedChange[]> {
  if (await saveNew(session, shapes, changes)) return []
  let pending = removalsFirst(changes)
  for (;;) {
    const refused = await saveHalving(session, shapes, pending)
    if (refused.length === 0 || refused.length === pending.length) return refused
    pending = refused.map(({ change }) => change)
  }
}

function removalsFirst(changes: readonly AggregateChange[]): readonly AggregateChange[] {
  const removals = changes.filter(({ next }) => next === undefined)
  return removals.length === 0 ? changes : [...removals, ...changes.filter(({ next }) => next !== undefined)]
}

/** Saves all or none, with the unique values of the whole group free to change hands. */
export async function saveGroup(
  session: PostgresSession,
  shapes: AggregateShapes,
  changes: readonly AggregateChange[],
): Promise<readonly RefusedChange[]> {
  await session.exec('SAVEPOINT banyan_group')
  const unparkable = await withinSavepoint(session, () => parkGroup(session, shapes, changes))
  const refused =
    unparkable === undefined
      ? await saveParked(session, shapes, changes)
      : changes.map((change) => ({ change, reason: unparkable }))
  if (refused.length > 0) await session.exec('ROLLBACK TO banyan_group')
  await session.exec('RELEASE banyan_group')
  return refused
}

async function saveParked(
  session: PostgresSession,
  shapes: AggregateShapes,
  changes: readonly AggregateChange[],
): Promise<readonly RefusedChange[]> {
  const whole = changes.map((change) => unparked(shapes, change))
  const reason = await withinSavepoint(session, () => writeAggregates(session, shapes, whole))
  if (reason === undefined) return []
  const refused: RefusedChange[] = []
  for (const [place, change] of whole.entries()) {
    const why = await withinSavepoint(session, () => writeAggregates(session, shapes, [change]))
    if (why !== undefined) refused.push({ change: changes[place] ?? change, reason: why })
  }
  return refused
}

const fewestForBulk = 50
const begin = 'SAVEPOINT banyan_save; SET CONSTRAINTS ALL DEFERRED'
const end = 'SET CONSTRAINTS ALL IMMEDIATE; RELEASE banyan_save'
const takeBack = 'ROLLBACK TO banyan_save; RELEASE banyan_save'

// A backfill's slice: nothing of it is there, so that nothing need be compared or updated.
async function saveNew(
  session: PostgresSession,
  shapes: AggregateShapes,
  changes: readonly AggregateChange[],
): Promise<boolean> {
  if (changes.length < fewestForBulk || !changes.every(isNew)) return false
  try {
    await copyNew(session, shapes, { changes, before: begin, after: end })
    return true
  } catch (thrown) {
    if (!isRefusal(thrown)) throw thrown
    if (!(thrown instanceof UnstorableValue)) await session.exec(takeBack) // Else nothing was sent.
    return false
  }
}

function isNew({ next, before }: AggregateChange): boolean {
  return next !== undefined && before === undefined
}

async function saveHalving(
  session: PostgresSession,
  shapes: AggregateShapes,
  changes: readonly AggregateChange[],
): Promise<readonly RefusedChange[]> {
  const [change] = changes
  if (change === undefined) return []
  const reason = await withinSavepoint(session, () => writeAggregates(session, shapes, changes))
  if (reason === undefined) return []
  if (changes.length === 1) return [{ change, reason }]
  const half = Math.ceil(changes.length / 2)
  const first = await saveHalving(session, shapes, changes.slice(0, half))
  return [...first, ...(await saveHalving(session, shapes, changes.slice(half)))]
}

/**
 * Runs `work`; when the database refuses it, takes back what it did and returns the database's words.
 * Constraints that can wait do so until its end, where they are checked.
 */
async function withinSavepoint(session: PostgresSession, work: () => Promise<void>): Promise<string | undefined> {
  await session.exec(begin)
  try {
    await work()
    await session.exec(end)
    return undefined
  } catch (thrown) {
    if (!isRefusal(thrown)) throw thrown
    await session.exec(takeBack)
    return refusalOf(thrown)
  }
}

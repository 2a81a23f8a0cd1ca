import type { AggregateRows, Row } from '../../../anti-corruption/index.ts'
import { keyName } from '../../key.ts'
import type { AggregateChange, RefusedChange, SaveGuard, SyncTarget } from '../../ports/target.ts'
import { arrangeCustomers, customers, type DialectPromise, service, takeLease } from './lab.ts'

/** Saves changes in one transaction of the target. */
export interface Saver {
  save(changes: readonly AggregateChange[]): Promise<readonly RefusedChange[]>
}

/** What a promise of saving is tested with. */
export type Saving = Saver & {
  readonly app: { rows(sql: string): Promise<readonly (readonly unknown[])[]>; run(sql: string): Promise<void> }
  load(key: number): Promise<AggregateRows | undefined>
}

/** A promise about saving `customers`. */
export function saving(name: string, run: (given: Saving) => Promise<void>): DialectPromise {
  return {
    name,
    run: async (lab) => {
      const { sync, app } = await arrangeCustomers(lab)
      const target = sync.target(service, customers)
      const load = async (key: number) => (await target.reader.load([key])).get(keyName(key))?.rows
      await run({ ...(await saver(target)), app, load })
    },
  }
}

/** Takes the lease of a target and saves with it. */
export async function saver(target: SyncTarget): Promise<Saver> {
  const guard: SaveGuard = { lease: await takeLease(target), epoch: undefined }
  return { save: (changes) => target.transaction(guard, (transaction) => transaction.save(changes)) }
}

/** An aggregate of `customers`. */
export function aggregate(root: Row, addresses?: readonly Row[]): AggregateRows {
  return { root, children: addresses === undefined ? {} : { addresses } }
}

/** The first column of rows as numbers. */
export function numbers(rows: readonly (readonly unknown[])[]): readonly number[] {
  return rows.map(([value]) => Number(value))
}

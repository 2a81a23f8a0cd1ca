/** Who may write a capability's data; `moving` while a cutover has fenced both arms off. */
export type Owner = 'legacy' | 'moving' | 'service'

/** The owner with its epoch, which grows at each move and at each cutover that was undone. */
export interface OwnerAt {
  readonly owner: Owner
  readonly epoch: number
}

/**
 * What the fence of one database does with a write by the arm that is not the owner: `enforce` refuses it, `observe` lets it pass and logs it,
 * `off` neither. Default `enforce`. In `observe` *every* write to owned columns that is not the sync's own is logged, also by the owner: so that before
 * a cutover one sees who writes.
 */
export type FenceMode = 'enforce' | 'observe' | 'off'

/** A cutover that is under way, as it stands in the owner rows of both databases: any process can see, cancel or recover it. */
export interface CutoverIntent {
  /** Unique per attempt. */
  readonly id: string
  readonly to: 'legacy' | 'service'
  /** The epoch that the new owner will have: one more than the owner's when it began. */
  readonly epoch: number
  /** Who does it, for people, and its process mark (see `Processes`); undefined where it has none. */
  readonly coordinator: string
  readonly process: string | undefined
  /** Milliseconds since 1970. Past this instant anybody may recover it. */
  readonly expiresAt: number
  /** The last step that was begun, by its name in the list of steps. */
  readonly step: string
  readonly startedAt: number
  /** What the fence of this database did before the cutover made it enforce, where that was something else: an undo sets it back. */
  readonly fenceBefore?: Exclude<FenceMode, 'enforce'>
}

/** The owner row of one capability in one database. */
export interface OwnerRow extends OwnerAt {
  readonly fence: FenceMode
  readonly intent: CutoverIntent | undefined
}

/** How long locks are waited for. */
export interface LockBounds {
  /** In total, over all tries. Each try waits 100 ms at most, so that waiting for one writer does not freeze the others. */
  readonly withinMs: number
}

/** A writer whom an observing fence saw: writes of the same kind are counted together. */
export interface ObservedWriter {
  readonly table: string
  readonly operation: 'insert' | 'update' | 'delete' | 'truncate'
  /** The owned columns that changed; all of them for inserts and deletes. */
  readonly columns: readonly string[]
  /** What the connection calls itself (PostgreSQL's application_name); undefined where the database does not know. */
  readonly application: string | undefined
  readonly count: number
  /** Milliseconds since 1970. */
  readonly firstAt: number
  readonly lastAt: number
}

/**
 * Ownership of one capability in one database: the row that names the owner, and the fence triggers that ask it.
 *
 * A write is let through when it is the sync's own, when it touches no owned column, or when the row names this database's arm.
 * On PostgreSQL the trigger takes a shared advisory transaction lock of the capability before it reads the row, and `move` takes it
 * exclusively, so that `move` returns only when no writer is open that saw the old owner; at every isolation level.
 */
export interface OwnerStore {
  /** Creates row (`legacy`, epoch 0, unless there is one), fence triggers and log. Renews triggers that are not as they should be. Idempotent. */
  install(): Promise<void>
  /** Takes away everything that `install` made. Idempotent. */
  remove(): Promise<void>
  /** Undefined: not installed. */
  read(): Promise<OwnerRow | undefined>
  /**
   * Compare and set: writes `next` where the row holds exactly `expected`; clears nothing else. Where that takes the right to write away (from an arm to
   * `moving` or to the other arm), the fence is locked exclusively, so it waits for open writers and saves; where it takes nothing away it waits for nobody.
   * `changed`: the row holds something else, nothing was written. `busy`: a writer kept its transaction open for the whole bound; nothing was written.
   */
  move(expected: OwnerAt, next: OwnerAt, bounds: LockBounds): Promise<'moved' | 'changed' | 'busy'>
  /**
   * Writes the intent, or takes it away: where the row's intent is exactly `expected` (by id; undefined: none) and its epoch `epoch`. False: it is not so,
   * and nothing was written. Also how a coordinator renews its lease and notes its step.
   */
  writeIntent(
    expected: { readonly epoch: number; readonly id: string | undefined },
    intent: CutoverIntent | undefined,
  ): Promise<boolean>
  /** Installs what is not there, and waits for locks no longer than that (default 30 s): then it throws `sync-database-busy`. */
  setFence(mode: FenceMode, bounds?: LockBounds): Promise<void>
  /** Whom the observing fence saw, the latest first; at most 1000 kinds are kept. */
  observed(): Promise<readonly ObservedWriter[]>
  forgetObserved(): Promise<void>
}

import type { Clock } from '../base/index.ts'
import type { Direction } from './direction.ts'
import type { ChangeFeed } from './ports/feed.ts'
import type { AggregateReader } from './ports/reader.ts'
import type { SyncTarget } from './ports/target.ts'
import type { Processes } from './worker/this-machine.ts'

/** All that one direction of a capability's sync works with. */
export interface SyncJob {
  readonly capability: string
  readonly direction: Direction
  readonly feed: ChangeFeed
  readonly source: AggregateReader
  readonly target: SyncTarget
  readonly clock: Clock
  readonly processes: Processes
}

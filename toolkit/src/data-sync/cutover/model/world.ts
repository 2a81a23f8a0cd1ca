import type { Arm } from '../action.ts'

/**
 * The world of the model: plain data, so that states can be told apart and forked. One aggregate, which is a count per write: how often each of them was
 * executed. Exploring changes a copy of it.
 */
export interface World {
  rows: Record<Arm, Row>
  /** How often each write was executed there: the clients' first, the stray's last. */
  data: Record<Arm, number[]>
  /** Changes that the capture of this database has seen. */
  feed: Record<Arm, number>
  captured: Record<Arm, boolean>
  /** Up to where the other database's feed is applied here; null: nobody has noted where to start. */
  checkpoint: Record<Arm, number | null>
  edges: Edge[]
  clients: Client[]
  stray: Stray
  /** What the follow worker has loaded and not yet saved. */
  worker: Loaded | null
  coordinators: Coordinator[]
  /** Kills, faults and reached bounds that may still happen. */
  mishaps: number
  /** The first promise that was broken. */
  broken: string | null
}

/** An owner row. */
export interface Row {
  owner: Arm | 'moving'
  epoch: number
  intent: string | null
}

/** An edge with the hold that is on. `over`: it ran out behind the fence, and writes are answered 503 until it is released. */
export interface Edge {
  owner: Arm
  hold: { epoch: number; phase: 'draining' | 'fenced' | 'over' } | null
  /** The highest epoch that was released here. */
  released: number
  /** The epoch of the owner that it was last told. */
  told: number
}

/** One client, who writes once, through one edge. */
export type Client = 'new' | 'held' | `sent to ${Arm}` | 'acknowledged' | 'refused'

/** A writer past the edges, in the source's database: a nightly job. */
export type Stray = 'absent' | 'idle' | 'open' | 'committed' | 'refused'

/** A batch of the follow worker between its load and its save. */
export interface Loaded {
  to: Arm
  epoch: number
  data: number[]
  through: number
}

/** One process that runs a cutover or recovers one. */
export interface Coordinator {
  name: string
  /** Where its protocol stands: a number that the programs know (see `Programs`). */
  at: number
  /** Of an action that goes to each edge in turn: at how many it is done, and what they said so far. */
  part: number
  allYes: boolean
  state: 'running' | 'killed' | 'ended' | 'failed'
}

/** What a model explores. */
export interface Bounds {
  /** Where the first cutover goes to. */
  readonly to: Arm
  readonly edges: number
  /** Clients, who write once each; shared out over the edges. */
  readonly clients: number
  readonly stray: boolean
  /** Kills of coordinators, faults of actions and bounds that are reached, taken together. */
  readonly mishaps: number
  /** Recoveries that begin although the first coordinator may only be paused. One always begins when nobody is left to end a cutover. */
  readonly hastyRecoveries: number
  /** Another cutover that begins once none is pending; undefined: none. */
  readonly next?: Arm
  /** Holds never run out: fewer states. */
  readonly longHolds?: true
}

/** What the world leaves out, to see that the model notices. The protocol itself is changed by its lists of steps. */
export interface Mistakes {
  /** Moving an owner row does not wait for open writers. */
  readonly noLock?: true
  /** The commit does not compare the row with what it should hold. */
  readonly blindCommit?: true
  /** Edges do not look at the epochs of holds. */
  readonly holdsWithoutEpoch?: true
  /** The start of the way back is set to the head of the feed, whatever checkpoint there is. */
  readonly startAtHead?: true
}

/** The clients of an edge, by their numbers. */
export function clientsOf({ clients, edges }: World, edge: number): readonly number[] {
  return [...clients.keys()].filter((client) => client % edges.length === edge)
}

/** How a world begins: the arm that is left owns, at epoch 0. */
export function newWorld({ to, edges, clients, stray, mishaps }: Bounds): World {
  const from: Arm = to === 'service' ? 'legacy' : 'service'
  const row: Row = { owner: from, epoch: 0, intent: null }
  const none = Array.from({ length: clients + 1 }, () => 0)
  return {
    rows: { legacy: { ...row }, service: { ...row } },
    data: { legacy: [...none], service: [...none] },
    feed: { legacy: 0, service: 0 },
    captured: { legacy: from === 'legacy', service: from === 'service' },
    checkpoint: { legacy: to === 'legacy' ? 0 : null, service: to === 'service' ? 0 : null },
    edges: Array.from({ length: edges }, () => ({ owner: from, hold: null, released: -1, told: 0 })),
    clients: Array.from({ length: clients }, () => 'new' as const),
    stray: stray ? 'idle' : 'absent',
    worker: null,
    coordinators: [],
    mishaps,
    broken: null,
  }
}

/** A write is executed in a database, if its fence lets it through. */
export function execute(world: World, arm: Arm, write: number): void {
  world.data[arm][write] = (world.data[arm][write] ?? 0) + 1
  if (world.captured[arm]) world.feed[arm]++
}

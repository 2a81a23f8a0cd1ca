/** How work is spread over lanes. */
export interface LaneOptions<Item> {
  /** Items of one lane run one after the other, in order; undefined is a lane of its own. */
  laneOf(item: Item): string | undefined
  run(item: Item): Promise<void>
  /** At most so many run at once. */
  readonly concurrency: number
  /** Told of each item as it is read, with its turn; says which turns it waits for beside its lane, if for any. */
  readonly after?: (item: Item, turn: Turn<Item>) => readonly Turn<Item>[]
  /** Told of each item whose turn is over, before any that waits for it begins. */
  readonly ended?: (item: Item) => void
  /** Such an item runs alone: after all that was read before it, and before all that is read after it. */
  readonly alone?: (item: Item) => boolean
}

/** The turn of one item, for others to wait for. */
export interface Turn<Item> {
  readonly item: Item
  readonly lane: string | undefined
  isOver: boolean
  /** Turns that still have to be over before this one begins. */
  waitsFor: number
  /** Those that wait for this one; one that waits twice stands in it twice. */
  readonly followers: Turn<Item>[]
}

/** How many items may wait for their lane, for each that runs: one busy caller must not fill the memory. */
const waitingPerRunning = 8

/**
 * Runs items in parallel across lanes and in order within a lane, reading ahead no further than it must.
 * Throws what `run` or the items threw first, after all that had begun has ended.
 */
export async function runInLanes<Item>(items: AsyncIterable<Item>, options: LaneOptions<Item>): Promise<void> {
  const lanes = new Lanes(options)
  try {
    for await (const item of items) {
      if (lanes.failure !== undefined) break
      if (lanes.isCrowded()) await lanes.hasRoom()
      lanes.add(item)
      // What is read before anything can run only fills the memory.
      if (lanes.isFull()) await lanes.hasSlot()
    }
  } finally {
    await lanes.isIdle()
  }
  if (lanes.failure !== undefined) throw lanes.failure.thrown
}

/** Counts what each item waits for instead of holding a promise for it: there is one for each of millions. */
class Lanes<Item> {
  failure: { readonly thrown: unknown } | undefined
  readonly #options: LaneOptions<Item>
  /** The last turn of each lane. */
  readonly #last = new Map<string, Turn<Item>>()
  /** All that are not over, in order. */
  readonly #open = new Set<Turn<Item>>()
  /** Those that wait for nothing but a slot, in order. */
  readonly #ready: Turn<Item>[] = []
  #barrier: Turn<Item> | undefined
  #running = 0
  /** What whoever reads the items waits for. */
  #awaited: { readonly isThere: () => boolean; readonly goOn: () => void } | undefined

  constructor(options: LaneOptions<Item>) {
    this.#options = options
  }

  isFull(): boolean {
    return this.#running >= this.#options.concurrency
  }

  isCrowded(): boolean {
    return this.#open.size >= this.#options.concurrency * waitingPerRunning
  }

  hasSlot(): Promise<void> {
    return this.#until(() => !this.isFull())
  }

  hasRoom(): Promise<void> {
    return this.#until(() => !this.isCrowded())
  }

  isIdle(): Promise<void> {
    return this.#until(() => this.#open.size === 0)
  }

  add(item: Item): void {
    const { laneOf, after, alone } = this.#options
    const lane = laneOf(item)
    const turn: Turn<Item> = { item, lane, isOver: false, waitsFor: 0, followers: [] }
    if (alone?.(item) === true) {
      for (const other of this.#open) follow(turn, other)
      this.#barrier = turn
    } else {
      follow(turn, this.#barrier)
      if (lane !== undefined) follow(turn, this.#last.get(lane))
    }
    for (const other of after?.(item, turn) ?? none) follow(turn, other)
    if (lane !== undefined) this.#last.set(lane, turn)
    this.#open.add(turn)
    if (turn.waitsFor === 0) this.#begin(turn)
  }

  #begin(turn: Turn<Item>): void {
    if (this.isFull()) this.#ready.push(turn)
    else {
      this.#running += 1
      void this.#run(turn)
    }
  }

  async #run(turn: Turn<Item>): Promise<void> {
    try {
      if (this.failure === undefined) await this.#options.run(turn.item)
    } catch (thrown) {
      this.failure ??= { thrown }
    }
    this.#end(turn)
  }

  #end(turn: Turn<Item>): void {
    const { item, lane, followers } = turn
    turn.isOver = true
    this.#running -= 1
    this.#open.delete(turn)
    if (lane !== undefined && this.#last.get(lane) === turn) this.#last.delete(lane)
    if (this.#barrier === turn) this.#barrier = undefined
    this.#options.ended?.(item)
    for (const follower of followers) {
      follower.waitsFor -= 1
      if (follower.waitsFor === 0) this.#ready.push(follower)
    }
    while (!this.isFull()) {
      const next = this.#ready.shift()
      if (next === undefined) break
      this.#begin(next)
    }
    if (this.#awaited?.isThere() === true) this.#awaited.goOn()
  }

  async #until(isThere: () => boolean): Promise<void> {
    if (isThere()) return
    await new Promise<void>((resolve) => {
      this.#awaited = { isThere, goOn: resolve }
    })
    this.#awaited = undefined
  }
}

const none: readonly never[] = []

function follow<Item>(turn: Turn<Item>, other: Turn<Item> | undefined): void {
  if (other === undefined || other.isOver || other === turn) return
  other.followers.push(turn)
  turn.waitsFor += 1
}

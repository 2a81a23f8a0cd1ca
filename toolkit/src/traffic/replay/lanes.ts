/** How work is spread over lanes. */
export interface LaneOptions<Item> {
  /** Items of one lane run one after the other, in order; undefined is a lane of its own. */
  laneOf(item: Item): string | undefined
  run(item: Item): Promise<void>
  /** At most so many run at once. */
  readonly concurrency: number
  /** Told of each item as it is read, with the end of its work; says what it waits for beside its lane, if for anything. */
  readonly after?: (item: Item, end: Promise<void>) => Promise<unknown> | undefined
  /** Such an item runs alone: after all that was read before it, and before all that is read after it. */
  readonly alone?: (item: Item) => boolean
}

/** How many items may wait for their lane, for each that runs: one busy caller must not fill the memory. */
const waitingPerRunning = 8

/**
 * Runs items in parallel across lanes and in order within a lane, reading ahead no further than it must.
 * Throws what `run` or the items threw first, after all that had begun has ended.
 */
export async function runInLanes<Item>(items: AsyncIterable<Item>, options: LaneOptions<Item>): Promise<void> {
  const running = buildSlots(options.concurrency)
  const ahead = buildSlots(options.concurrency * waitingPerRunning)
  const order = buildOrder(options)
  let failure: { readonly thrown: unknown } | undefined
  const runOne = async (item: Item) => {
    const { before, ended } = order(item)
    for (const other of before) await other
    if (!running.tryTake()) await running.take()
    try {
      if (failure === undefined) await options.run(item)
    } catch (thrown) {
      failure ??= { thrown }
    }
    ended()
    running.release()
    ahead.release()
  }
  try {
    for await (const item of items) {
      if (failure !== undefined) break
      if (!ahead.tryTake()) await ahead.take()
      void runOne(item)
      // What is read before anything can run only fills the memory.
      while (running.isFull()) await running.freed()
    }
  } finally {
    await ahead.idle()
  }
  if (failure !== undefined) throw failure.thrown
}

interface Turn {
  /** What must have ended before: its lane, and what it waits for beside. */
  readonly before: readonly Promise<unknown>[]
  readonly ended: () => void
}

/** Gives each item its turn, in the order in which they are read. */
function buildOrder<Item>({ laneOf, after, alone }: LaneOptions<Item>): (item: Item) => Turn {
  const lanes = new Map<string, Promise<void>>()
  const open = new Set<Promise<void>>()
  let barrier: Promise<void> | undefined
  return (item) => {
    const { end, reached } = buildEnd()
    const lane = laneOf(item)
    const inLane = lane === undefined ? undefined : lanes.get(lane)
    const others = alone?.(item) === true ? [...open] : [barrier, inLane]
    const before = [...others, after?.(item, end)].filter((one) => one !== undefined)
    if (alone?.(item) === true) barrier = end
    if (lane !== undefined) lanes.set(lane, end)
    open.add(end)
    const ended = () => {
      if (lane !== undefined && lanes.get(lane) === end) lanes.delete(lane)
      if (barrier === end) barrier = undefined
      open.delete(end)
      reached()
    }
    return { before, ended }
  }
}

function buildEnd(): { readonly end: Promise<void>; readonly reached: () => void } {
  let reached = () => {}
  const end = new Promise<void>((resolve) => {
    reached = resolve
  })
  return { end, reached }
}

interface Slots {
  /** Takes a slot when one is free. */
  tryTake(): boolean
  /** Waits for a slot, first come, first served. */
  take(): Promise<void>
  release(): void
  isFull(): boolean
  /** Resolves when a slot was given back that nobody waited for. For one caller at a time. */
  freed(): Promise<void>
  /** Resolves when every slot is back. */
  idle(): Promise<void>
}

/** A counting semaphore. */
function buildSlots(count: number): Slots {
  let free = count
  const waiting: (() => void)[] = []
  let onIdle: (() => void) | undefined
  let onFreed: (() => void) | undefined
  return {
    tryTake() {
      if (free === 0) return false
      free -= 1
      return true
    },
    take: () => new Promise<void>((resolve) => waiting.push(resolve)),
    release() {
      const next = waiting.shift()
      if (next !== undefined) return next()
      free += 1
      onFreed?.()
      onFreed = undefined
      if (free === count) onIdle?.()
    },
    isFull: () => free === 0,
    freed: () =>
      new Promise<void>((resolve) => {
        onFreed = resolve
      }),
    idle: () =>
      new Promise<void>((resolve) => {
        if (free === count) resolve()
        else onIdle = resolve
      }),
  }
}

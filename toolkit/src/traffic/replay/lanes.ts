/** How work is spread over lanes. */
export interface LaneOptions<Item> {
  /** Items of one lane run one after the other, in order; undefined is a lane of its own. */
  laneOf(item: Item): string | undefined
  run(item: Item): Promise<void>
  /** At most so many run at once. */
  readonly concurrency: number
}

/** How many items may wait for their lane, for each that runs: one busy caller must not fill the memory. */
const waitingPerRunning = 8

/**
 * Runs items in parallel across lanes and in order within a lane, reading ahead no further than it must.
 * Throws what `run` or the items threw first, after all that had begun has ended.
 */
export async function runInLanes<Item>(items: AsyncIterable<Item>, options: LaneOptions<Item>): Promise<void> {
  const lanes = new Map<string, Promise<void>>()
  const slots = buildSlots(options.concurrency)
  const open = new Set<Promise<void>>()
  let failure: { readonly thrown: unknown } | undefined
  const runOne = async (item: Item, before: Promise<void> | undefined) => {
    await before
    const release = await slots.take()
    try {
      if (failure === undefined) await options.run(item)
    } catch (thrown) {
      failure ??= { thrown }
    } finally {
      release()
    }
  }
  try {
    for await (const item of items) {
      if (failure !== undefined) break
      const lane = options.laneOf(item)
      const work = runOne(item, lane === undefined ? undefined : lanes.get(lane))
      open.add(work)
      if (lane !== undefined) lanes.set(lane, work)
      void work.then(() => {
        open.delete(work)
        if (lane !== undefined && lanes.get(lane) === work) lanes.delete(lane)
      })
      while (open.size >= options.concurrency * waitingPerRunning) await Promise.race(open)
    }
  } finally {
    await Promise.all(open)
  }
  if (failure !== undefined) throw failure.thrown
}

interface Slots {
  /** Waits for a slot; what it resolves to gives the slot back. */
  take(): Promise<() => void>
}

/** A counting semaphore, first come, first served. */
function buildSlots(count: number): Slots {
  let free = count
  const waiting: (() => void)[] = []
  const release = () => {
    const next = waiting.shift()
    if (next === undefined) free += 1
    else next()
  }
  return {
    async take() {
      if (free > 0) free -= 1
      else await new Promise<void>((resolve) => waiting.push(resolve))
      return release
    },
  }
}

/** Work that waits its turn within two bounds (law 9). */
export interface BoundedQueue<Job> {
  /** False when the queue is full or closed: the job is not done. */
  offer(job: Job): boolean
  queued(): number
  running(): number
  /** Drops what waits; what runs ends by its own bounds. */
  close(): readonly Job[]
}

/** How many jobs wait and run at the same time, and what running one means. */
export interface BoundedQueueOptions<Job> {
  readonly maxQueued: number
  /** Asked each time: it may shrink, and what runs then goes on. */
  maxRunning(): number
  run(job: Job): Promise<void>
  /** Told when `run` rejects: a broken job must not take the process with it. */
  failed(job: Job): void
}

/** Builds an empty queue, first in, first out. */
export function buildBoundedQueue<Job>(options: BoundedQueueOptions<Job>): BoundedQueue<Job> {
  const waiting: Job[] = []
  let running = 0
  let closed = false
  const start = (job: Job) => {
    running += 1
    void options
      .run(job)
      .catch(() => options.failed(job))
      .finally(() => {
        running -= 1
        next()
      })
  }
  const next = () => {
    while (!closed && running < options.maxRunning()) {
      const job = waiting.shift()
      if (job === undefined) return
      start(job)
    }
  }
  return {
    offer: (job) => {
      if (closed || waiting.length >= options.maxQueued) return false
      waiting.push(job)
      next()
      return true
    },
    queued: () => waiting.length,
    running: () => running,
    close: () => {
      closed = true
      return waiting.splice(0)
    },
  }
}

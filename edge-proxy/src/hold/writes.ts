import { Bag } from '@banyan/toolkit/base'

/** A write that is under way, from the decision where it goes until its upstream has ended with it. */
export interface Write {
  /** Call it once the upstream's answer is whole, or there will be none. */
  end(): void
}

/** The writes that are in flight, per capability, so that a cutover can wait for those that began before its hold. */
export interface Writes {
  begin(capability: string): Write
  /** A mark for now: `before` it lies every write that began until this moment. */
  mark(): number
  /** How many of those that began before a mark are in flight; without one, all. */
  inFlight(capability: string, before?: number): number
  /** Resolves with true once none of them is in flight, with false after `boundMs`. */
  ended(capability: string, before: number, boundMs: number): Promise<boolean>
}

interface Waiter {
  readonly capability: string
  check(): void
}

/** Builds an empty register. */
export function buildWrites(): Writes {
  const running = new Map<string, Bag<number>>()
  const waiters = new Set<Waiter>()
  let last = 0
  const inFlight: Writes['inFlight'] = (capability, before = Number.POSITIVE_INFINITY) =>
    running
      .get(capability)
      ?.members()
      .filter((number) => number <= before).length ?? 0
  return {
    begin: (capability) => {
      const known = running.get(capability) ?? new Bag<number>()
      running.set(capability, known)
      last += 1
      const seat = known.add(last)
      return {
        end: () => {
          known.remove(seat)
          for (const waiter of waiters) if (waiter.capability === capability) waiter.check()
        },
      }
    },
    mark: () => last,
    inFlight,
    ended: (capability, before, boundMs) =>
      new Promise((resolve) => {
        const end = (ended: boolean) => {
          clearTimeout(timer)
          waiters.delete(waiter)
          resolve(ended)
        }
        const check = () => {
          if (inFlight(capability, before) === 0) end(true)
        }
        const timer = setTimeout(() => end(false), boundMs)
        const waiter: Waiter = { capability, check }
        waiters.add(waiter)
        check()
      }),
  }
}

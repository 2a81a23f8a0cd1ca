import { setTimeout as pause, setImmediate as yieldOnce } from 'node:timers/promises'
import type { Action } from './action.ts'
import { buildCrowd, type Shopper } from './crowd.ts'
import { buildSender, type Sender } from './sender.ts'
import { buildTally, type ShoppersSummary, type Tally } from './tally.ts'
import { lookAround, type Town } from './town.ts'

/** How shoppers behave. */
export interface ShoppersOptions {
  /** The shop's origin, or that of what stands before it. */
  readonly url: string
  /** Requests per second; they come at their time whether or not earlier ones have been answered. */
  readonly ratePerSecond: number
  /** How long; without it until the signal. */
  readonly durationMs?: number | undefined
  /** The same seed does the same things in the same order. Default 1. */
  readonly seed?: number
  readonly apiKeys: readonly string[]
  readonly signal?: AbortSignal
  /** Called once a second. */
  readonly onProgress?: (soFar: ShoppersSummary) => void
  /** Requests under way at the same time; arrivals beyond are left out and counted. Default 400. */
  readonly maxInFlight?: number
}

const progressMs = 1_000
const defaultInFlight = 400
const maxConnections = 64

/**
 * Lets shoppers loose on a shop: people with browsers, and clients of its JSON API (45 % of all requests read a customer).
 * Resolves with what they met, once all requests are answered; rejects when the shop cannot be looked around in.
 */
export async function buildShoppers(options: ShoppersOptions): Promise<ShoppersSummary> {
  const sender = buildSender(options.url, Math.min(maxConnections, options.maxInFlight ?? defaultInFlight))
  try {
    const town = await lookAround(sender.send, options.apiKeys[0] ?? '')
    return await shop(options, town, sender)
  } finally {
    await sender.close()
  }
}

async function shop(options: ShoppersOptions, town: Town, sender: Sender): Promise<ShoppersSummary> {
  const tally = buildTally()
  const seed = options.seed ?? 1
  const nonce = `${seed}-${Date.now().toString(36)}`
  const choose = buildCrowd({ ...options, seed, nonce }, town)
  const underWay = new Set<Promise<void>>()
  const started = performance.now()
  const elapsed = () => performance.now() - started
  let progressAt = progressMs
  for (let arrival = 0; await untilDue(options, (arrival * 1000) / options.ratePerSecond, elapsed); arrival++) {
    const shopper = choose()
    const action = shopper.next()
    if (underWay.size >= (options.maxInFlight ?? defaultInFlight)) {
      tally.skipped()
    } else {
      const done = act(shopper, action, { sender, tally }).finally(() => underWay.delete(done))
      underWay.add(done)
    }
    if (elapsed() < progressAt) continue
    progressAt = elapsed() + progressMs
    options.onProgress?.(tally.summary(elapsed()))
  }
  await Promise.all(underWay)
  return tally.summary(elapsed())
}

/** Waits for a moment of the run; false when the run is over before it. */
async function untilDue(options: ShoppersOptions, dueMs: number, elapsed: () => number): Promise<boolean> {
  if (options.durationMs !== undefined && dueMs >= options.durationMs) return false
  const waitMs = dueMs - elapsed()
  if (waitMs > 0) await pause(waitMs, undefined, { signal: options.signal }).catch(() => undefined)
  // Who is late lets the answers in before the next request goes out.
  else await yieldOnce()
  return options.signal?.aborted !== true
}

/** Does one thing, after what the same shopper did before. */
function act(shopper: Shopper, action: Action, { sender, tally }: { sender: Sender; tally: Tally }): Promise<void> {
  shopper.busy = shopper.busy.then(async () => {
    const request = action.request()
    const words = `${request.method} ${request.path}`
    const started = performance.now()
    try {
      const answer = await sender.send(request)
      tally.answered(action.name, answer.status, performance.now() - started)
      if (answer.status >= 500) tally.failed(`${words} answered ${answer.status}: ${answer.text.slice(0, 200)}`)
      if (answer.status === 200 && answer.text.startsWith('{"ok":false')) tally.refused()
      action.remember?.(answer)
    } catch (error) {
      tally.unanswered(action.name, `${words}: ${error instanceof Error ? error.message : String(error)}`)
    }
  })
  return shopper.busy
}

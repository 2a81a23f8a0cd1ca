import { setTimeout as delay } from 'node:timers/promises'
import type { InFlight } from '../passage/in-flight.ts'
import type { Connections } from './connections.ts'

/** How long a connection may wait for one more request, whose answer tells its client to go, in ms. */
const graceMs = 1_000
const lookMs = 25

/**
 * Stops accepting, and waits until the connections are gone, or `boundMs`. Who sends a request meanwhile is answered, and told
 * by `Connection: close` to go; who has sent none for a second is let go, for a client that is about to send would fail.
 */
export async function leave(
  { connections, inFlight }: { readonly connections: Connections; readonly inFlight: InFlight },
  boundMs: number,
): Promise<void> {
  const began = performance.now()
  let over = false
  void connections.stopAccepting().then(() => {
    over = true
  })
  while (!over && performance.now() - began < boundMs) {
    await delay(lookMs)
    if (performance.now() - began > graceMs) connections.endIdle(inFlight.isBusy)
  }
}

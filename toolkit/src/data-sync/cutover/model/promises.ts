import { pendingIn } from './moves.ts'
import type { World } from './world.ts'

/** Which promise a state breaks; undefined: none. Asked of every state. */
export function brokenPromise(world: World): string | undefined {
  if (world.broken !== null) return world.broken
  const { legacy, service } = world.rows
  if (legacy.owner === 'legacy' && service.owner === 'service') return 'there are two owners'
  return undefined
}

/** Which promise is broken in a state after which nothing happens any more; undefined: none. */
export function brokenAtEnd(world: World): string | undefined {
  const { legacy, service } = world.rows
  const running = world.coordinators.find(({ state }) => state === 'running')
  if (running !== undefined) return `${running.name} waits for ever`
  const pending = pendingIn(world)
  if (pending !== undefined) return `the cutover ${pending} stays pending for ever`
  if (legacy.owner === 'moving' || legacy.owner !== service.owner || legacy.epoch !== service.epoch)
    return 'the owner rows do not agree'
  if (legacy.intent !== null || service.intent !== null) return 'an intent stays for ever'
  const edge = world.edges.findIndex(({ hold, owner }) => hold !== null || owner !== legacy.owner)
  if (edge >= 0)
    return world.edges[edge]?.hold === null
      ? `edge ${edge} sends writes to the wrong arm`
      : `edge ${edge} refuses writes for ever`
  const waiting = world.clients.findIndex((client) => client !== 'acknowledged' && client !== 'refused')
  if (waiting >= 0) return `client ${waiting} waits for ever`
  return wrongCount(world)
}

function wrongCount({ clients, stray, data }: World): string | undefined {
  const due = [...clients.map((client) => (client === 'acknowledged' ? 1 : 0)), stray === 'committed' ? 1 : 0]
  for (const arm of ['legacy', 'service'] as const) {
    for (const [write, times] of due.entries()) {
      const found = data[arm][write] ?? 0
      const who = write < clients.length ? `the write of client ${write}` : 'the write of the stray writer'
      if (found < times) return `${who} was acknowledged and is lost on ${arm}`
      if (found > times) return `${who} was executed ${found} times on ${arm}, and acknowledged ${times} times`
    }
  }
  return undefined
}

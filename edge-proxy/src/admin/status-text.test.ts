import { expect, test } from 'vitest'
import type { RouteStatus } from './admin-api.ts'
import { type StatusInParts, statusText } from './status-text.ts'

const about: StatusInParts['about'] = {
  ...{ formatVersion: 1, startedAt: '', now: '', file: 'routes.yaml', revision: '0', listen: '', draining: false },
  ...{ refused: [], capabilities: [], shadow: { queued: 0, running: 0, shed: 0 }, shadows: [], upstreams: [] },
}
const status = (n: number): RouteStatus => ({
  ...{ route: `r${n}`, capability: undefined, serve: '-> monolith', shadowPercent: 0, arms: [] },
})

test('the parts make one document, whatever the number of routes', async () => {
  for (const count of [0, 1, 99, 100, 101, 250]) {
    const routes = Array.from({ length: count }, (_, n) => status(n))
    let text = ''
    for await (const part of statusText({ about, routes })) text += part
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify({ ...about, routes })))
  }
})

test('the event loop turns after each hundred routes, and a route is read when its turn comes', async () => {
  let turn = 0
  let over = false
  const spin = () => {
    turn += 1
    if (!over) setImmediate(spin)
  }
  setImmediate(spin)
  const readAt: number[] = []
  function* routes() {
    for (let n = 0; n < 500; n++) {
      readAt.push(turn)
      yield status(n)
    }
  }
  for await (const _part of statusText({ about, routes: routes() }));
  over = true
  expect(Math.max(...countsOf(readAt))).toBe(100)
})

function countsOf(turns: readonly number[]): number[] {
  const counts = new Map<number, number>()
  for (const turn of turns) counts.set(turn, (counts.get(turn) ?? 0) + 1)
  return [...counts.values()]
}

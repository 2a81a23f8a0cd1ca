import { Writable } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../test/eventually.ts'
import type { RefusedRequest, TapLine } from '../admin/admin-api.ts'
import { buildTaps, requestLine } from './taps.ts'

const none = { method: undefined, client: undefined, route: undefined }
const seen: RefusedRequest = {
  ...{ kind: 'refused', id: 'a', at: '', status: 400, code: 'c', detail: '', target: 'x'.repeat(2000), ...none },
}

/** A reader that takes nothing until it is told to, with what it has taken. */
function slowReader() {
  let take: (() => void) | undefined
  let reads = false
  const lines: TapLine[] = []
  const sink = new Writable({
    decodeStrings: false,
    write: (chunk: string, _encoding, done) => {
      for (const line of chunk.split('\n')) if (line !== '') lines.push(JSON.parse(line))
      if (reads) done()
      else take = done
    },
  })
  const read = () => {
    reads = true
    take?.()
  }
  onTestFinished(() => void sink.destroy())
  return { sink, lines, read }
}

test('law 9: a reader that does not read holds 1 MiB at most, nobody waits for it, and it learns later what it missed', async () => {
  const taps = buildTaps()
  onTestFinished(taps.close)
  const { sink, lines, read } = slowReader()
  taps.add({ perSecond: 5000 }, sink)
  for (let n = 0; n < 2000; n++)
    for (const tap of taps.open()) if (tap.takes(undefined, false)) tap.write(requestLine(seen))
  expect(sink.writableLength).toBeLessThan(1024 * 1024 + 5000)
  read()
  const left = await eventually(() => lines.find((line) => line.event === 'left-out'))
  const shown = lines.filter(({ event }) => event === 'request').length
  expect(left).toEqual({ event: 'left-out', sampled: 0, unread: 2000 - shown })
  expect(taps.leftOut()).toBe(2000 - shown)
})

test('a tap of routes sees neither other routes nor what was refused before a route was known', () => {
  const taps = buildTaps()
  onTestFinished(taps.close)
  taps.add({ routes: ['users.read'] }, slowReader().sink)
  const takes = (route: string | undefined) => taps.open().some((tap) => tap.takes(route, false))
  expect([takes('users.read'), takes('orders.read'), takes(undefined)]).toEqual([true, false, false])
})

test('a reader that goes is no tap any more', async () => {
  const taps = buildTaps()
  const { sink } = slowReader()
  taps.add({}, sink)
  expect(taps.open()).toHaveLength(1)
  sink.destroy()
  await eventually(() => taps.open().length === 0)
})

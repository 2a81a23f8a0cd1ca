import { expect, test } from 'vitest'
import { seen, send } from './users/legacy-requests.ts'
import { startTwoArms, type TwoArms } from './users/two-arms.ts'

test('with the monolith stopped, the users service answers what it owns', async () => {
  const arms = await startTwoArms(0.05, { owner: 'service' })
  const request = { method: 'GET', target: '/api/customers/7', key: arms.key }
  const before = seen(await send(arms.service.url, request))
  await arms.legacy.stop()
  await arms.legacy.db.destroy()
  expect(seen(await send(arms.service.url, request))).toBe(before)
  expect(await send(arms.service.url, { ...request, target: '/users/7' })).toMatchObject({ status: 200 })
  const body = JSON.stringify({ newsletter: 'Y' })
  const written = await send(arms.service.url, { ...request, method: 'PUT', contentType: 'application/json', body })
  expect(written.body.toString()).toBe('{"ok":true}')
})

test('the planted time-zone bug shifts createdAt by the offset of the zone, in reads and lists, and nothing else', async () => {
  const arms = await startTwoArms(0.05, { plantedBug: 'time-zone' })
  const shifts = new Map<number, number>()
  for (let id = 1; id <= 90; id++) {
    const { legacy, service } = await both(arms, `/api/customers/${id}`)
    if (legacy.status !== 200) continue
    const [right, wrong] = [JSON.parse(legacy.body.toString()), JSON.parse(service.body.toString())]
    const hours = (Date.parse(wrong.createdAt) - Date.parse(right.createdAt)) / 3_600_000
    const inSummer = offsetHours(right.createdAt) === -4
    expect(hours, right.createdAt).toBe(inSummer ? 4 : 5)
    shifts.set(hours, (shifts.get(hours) ?? 0) + 1)
    expect({ ...wrong, createdAt: '', lastSeenAt: '' }).toEqual({ ...right, createdAt: '', lastSeenAt: '' })
  }
  expect([...shifts.keys()].sort()).toEqual([4, 5])
  const list = await both(arms, '/api/customers')
  expect(seen(list.service)).not.toBe(seen(list.legacy))
})

async function both(arms: TwoArms, target: string) {
  const request = { method: 'GET', target, key: arms.key }
  return { legacy: await send(arms.legacy.url, request), service: await send(arms.service.url, request) }
}

function offsetHours(instant: string): number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: 'America/New_York', timeZoneName: 'longOffset' })
  const name = format.formatToParts(new Date(instant)).find((part) => part.type === 'timeZoneName')?.value ?? ''
  return Number(/GMT(-\d+):/.exec(name)?.[1])
}

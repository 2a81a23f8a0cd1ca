import fc from 'fast-check'
import { expect, test } from 'vitest'
import { eventually, openShop } from '../fixtures/shop.ts'
import { shop as shopManifest } from '../fixtures/shop-model.ts'
import { keyName } from '../key.ts'
import { bucketOf, buildKeyDigests } from './key-digests.ts'
import { comparedRows } from './totals.ts'

test('law 7: nothing to compare is unknown, and so is a verification that was ended', async () => {
  const shop = await openShop()
  const sync = await shop.sync()
  expect(await sync.verify()).toMatchObject({ equal: undefined, aggregates: 0, complete: true })
  shop.fill(3000)
  await sync.backfill()
  const ended = new AbortController()
  const report = await sync.verify({ signal: ended.signal, onProgress: () => ended.abort() })
  expect(report).toMatchObject({ equal: undefined, complete: false, why: expect.stringContaining('ended') })
  expect((await sync.status()).verified).toBeUndefined()
})

test('law 7: a difference whose change nobody applies is unknown, not drift and not equal', async () => {
  const shop = await openShop()
  shop.fill(30)
  const sync = await shop.sync()
  await sync.backfill()
  shop.legacy.exec(`UPDATE cust SET nm = 'on its way' WHERE cust_id = 7`)
  const report = await sync.verify({ patienceMs: 100 })
  expect(report).toMatchObject({ equal: undefined, complete: false, drift: { different: 0 } })
  expect(report.why).toMatch(/^1 aggregates differ .* is a worker at work\?$/)
  await sync.follow({ until: 'caught-up' })
  expect(await sync.verify({ patienceMs: 100 })).toMatchObject({ equal: true })
})

test('each kind of drift is counted and named once, and what is set aside is drift with its reason', async () => {
  const shop = await openShop()
  shop.fill(10)
  const sync = await shop.sync()
  await sync.backfill()
  shop.legacy.exec(`UPDATE cust SET st_cd = 'Q' WHERE cust_id = 1`)
  await sync.follow({ until: 'caught-up' })
  shop.service.exec(`DELETE FROM users WHERE id = 2; UPDATE addresses SET line1 = 'by hand' WHERE id = 30;
    INSERT INTO users (id, name, email, status) VALUES (77, 'nobody', 'nobody@x', 'active')`)
  const report = await sync.verify()
  expect(report).toMatchObject({
    equal: false,
    aggregates: 10,
    drift: { missing: 1, different: 1, extra: 1, quarantined: 1, untranslatable: 0 },
  })
  expect(new Map(report.samples.map(({ key, kind, path }) => [key, `${kind} ${path}`]))).toEqual(
    new Map([
      [1, 'quarantined st_cd'],
      [2, 'missing '],
      [3, 'different addresses[30].line1'],
      [77, 'extra '],
    ]),
  )
  expect((await sync.status()).verified).toEqual(JSON.parse(JSON.stringify(report)))
})

test('only the aggregates that are asked for are looked at, and such a report is not kept', async () => {
  const shop = await openShop()
  shop.fill(10)
  const sync = await shop.sync()
  await sync.backfill()
  shop.service.exec(`UPDATE users SET name = 'by hand' WHERE id < 5`)
  expect(await sync.verify({ keys: [4, 5] })).toMatchObject({ equal: false, aggregates: 2, samples: [{ key: 4 }] })
  expect(await sync.verify({ keys: [999] })).toMatchObject({ equal: undefined, aggregates: 0 })
  expect((await sync.status()).verified).toBeUndefined()
  expect(await sync.repair({ dryRun: false, keys: [4, 5] })).toMatchObject({ found: 1, repaired: 1, left: [] })
  expect(await sync.verify()).toMatchObject({ drift: { different: 3 } })
})

test('a repair leaves to the worker that is at work what it asks for, and says what even that does not mend', async () => {
  const shop = await openShop()
  shop.fill(10)
  const worker = await shop.sync()
  await worker.backfill()
  const stop = new AbortController()
  const working = worker.work({ signal: stop.signal })
  const sync = await shop.sync({ holder: 'asks' })
  await eventually(async () => (await sync.status()).worker?.alive)
  await sync.observe('off') // Else the fence would refuse what is to be repaired.
  shop.service.exec(`UPDATE users SET name = 'by hand' WHERE id = 3`)
  shop.legacy.exec(`UPDATE cust SET st_cd = 'Q' WHERE cust_id = 4`)
  await eventually(async () => (await sync.quarantined()).length === 1)
  const report = await sync.repair({ dryRun: false })
  expect(report).toMatchObject({ found: 2, repaired: 1, left: [{ key: 4, kind: 'quarantined' }] })
  expect((await sync.status()).worker?.holder).toBe('worker-1')
  stop.abort()
  await working
})

test('declared totals are compared at one position: equal, different, and unknown while writes are not applied', async () => {
  const shop = await openShop()
  shop.fill(20)
  const totals = [
    {
      name: 'customers by status',
      legacy: `SELECT CASE st_cd WHEN 'A' THEN 'active' ELSE 'closed' END, count(*) FROM cust GROUP BY 1`,
      service: 'SELECT status, count(*) FROM users GROUP BY 1',
    },
  ]
  const sync = await shop.sync({ manifest: { ...shopManifest, totals } })
  await sync.backfill()
  expect(await sync.totals()).toMatchObject({
    equal: true,
    totals: [{ name: 'customers by status', equal: true, rows: 1 }],
  })
  expect((await sync.verify()).totals).toMatchObject({ equal: true })
  shop.service.exec(`UPDATE users SET status = 'closed' WHERE id = 4`)
  expect(await sync.totals()).toMatchObject({
    equal: false,
    totals: [{ onlyLegacy: ['active 20'], onlyService: ['active 19', 'closed 1'] }],
  })
  shop.legacy.exec(`UPDATE cust SET nm = 'x'`)
  const impatient = AbortSignal.timeout(200)
  expect(await sync.totals({ signal: impatient })).toMatchObject({ equal: undefined, totals: [{ equal: undefined }] })
})

test('totals are the same however a database writes its numbers, and no row on either side is unknown', () => {
  const rows = { legacy: [['open', 7, '12.50']], service: [['open', 7n, 12.5]] }
  expect(comparedRows('x', rows)).toMatchObject({ equal: true, rows: 1 })
  expect(comparedRows('x', { legacy: [], service: [] })).toMatchObject({ equal: undefined })
})

test('digests of keys are unlike in every bucket where the sets differ, whatever the order', () => {
  const keys = fc.uniqueArray(fc.oneof(fc.nat(), fc.string(), fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n })), {
    maxLength: 50,
    selector: keyName,
  })
  fc.assert(
    fc.property(keys, fc.nat(), (all, at) => {
      const [one, other] = [buildKeyDigests(), buildKeyDigests()]
      for (const key of all) one.add(key)
      for (const key of [...all].reverse()) other.add(key)
      expect(one.unlike(other).size).toBe(0)
      const odd = all[at % Math.max(1, all.length)]
      if (odd === undefined) return
      const less = buildKeyDigests()
      for (const key of all) if (key !== odd) less.add(key)
      expect([...one.unlike(less)]).toEqual([bucketOf(keyName(odd))])
    }),
  )
})

test('the inverse is checked on a sample: what the service holds and legacy cannot say is named', async () => {
  const shop = await openShop()
  const sync = await shop.sync()
  expect(await sync.checkInverse()).toMatchObject({ total: undefined, checked: 0 })
  shop.fill(40)
  await sync.backfill()
  expect(await sync.checkInverse(10)).toEqual({ total: true, checked: 10, broken: [] })
  shop.service.exec(`UPDATE users SET status = 'frozen' WHERE id = 9`)
  expect(await sync.checkInverse()).toMatchObject({
    total: false,
    checked: 40,
    broken: [{ key: 9, detail: expect.stringContaining('frozen') }],
  })
})

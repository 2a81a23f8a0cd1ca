import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bucketOf } from './cohort.ts'
import { type DecideContext, decide } from './decide.ts'
import { matchRoute } from './match.ts'
import { request, routesText, tableOf } from './route-table.fixture.ts'

const alice: DecideContext = { caller: 'alice', justWrote: false, dice: 0.5 }

function decided(serve: string, context: Partial<DecideContext> = {}, more: { method?: string; owner?: string } = {}) {
  const text = routesText(`{ name: r, capability: orders, match: { path: /o }, serve: ${serve}, shadow: 50% }`)
  const owner = more.owner ?? 'legacy'
  const table = tableOf(text.replace('orders: { legacy', `orders: { owner: ${owner}, legacy`))
  return decide(matchRoute(table, request(more.method ?? 'GET', '/o')), { ...alice, ...context })
}

describe('decide', () => {
  test.each([
    ['legacy', 'legacy', 'legacy', 'monolith'],
    ['service', 'legacy', 'service', 'users'],
    ['owner', 'legacy', 'legacy', 'monolith'],
    ['owner', 'service', 'service', 'users'],
    ['99.99%', 'legacy', 'service', 'users'],
    ['0.01%', 'legacy', 'legacy', 'monolith'],
  ])('serve: %s with the owner %s is served by %s', (serve, owner, arm, upstream) => {
    expect(decided(serve, {}, { owner })).toMatchObject({ route: 'r', arm, served: { name: upstream } })
  })

  test.each(['legacy', 'service', 'owner', '50%'])(
    'serve: %s gives a caller who has just written to the owner',
    (serve) => {
      expect(decided(serve, { justWrote: true }, { owner: 'service' })).toMatchObject({
        arm: 'service',
        byShare: false,
      })
      expect(decided(serve, { justWrote: true }, { owner: 'legacy' })).toMatchObject({ arm: 'legacy', byShare: false })
    },
  )

  test('a share goes by the bucket of the caller, and says so', () => {
    const bucket = bucketOf('orders', 'alice')
    const above = `${(bucket + 1) / 100}%`
    const below = `${bucket / 100}%`
    expect(decided(above)).toMatchObject({ arm: 'service', byShare: true, bucket })
    expect(decided(above).why).toBe(`serve: ${above}: bucket ${bucket} is below ${bucket + 1} of 10000`)
    expect(decided(below)).toMatchObject({ arm: 'legacy', byShare: true, bucket })
    expect(decided(below).why).toBe(`serve: ${below}: bucket ${bucket} is not below ${bucket} of 10000`)
  })

  test('a share serves legacy to whom it cannot tell apart', () => {
    expect(decided('99.99%', { caller: undefined })).toMatchObject({ arm: 'legacy', byShare: false, bucket: undefined })
  })

  test('all routes of a capability put a caller on the same arm', () => {
    const table = tableOf(
      routesText(
        '{ name: a, capability: orders, match: { path: /a }, serve: 37% }',
        '{ name: b, capability: orders, match: { path: /b/:id }, serve: 37% }',
      ),
    )
    fc.assert(
      fc.property(fc.string(), (caller) => {
        const armOf = (path: string) => decide(matchRoute(table, request('GET', path)), { ...alice, caller }).arm
        expect(armOf('/a')).toBe(armOf('/b/1'))
      }),
    )
  })

  test.each(['legacy', 'service', 'owner', '50%'])('serve: %s is shadowed to the other arm', (serve) => {
    const decision = decided(serve, { dice: 0.49 })
    expect(decision.shadow?.arm).toBe(decision.arm === 'legacy' ? 'service' : 'legacy')
    expect(decision.shadow?.upstream.name).toBe(decision.arm === 'legacy' ? 'users' : 'monolith')
  })

  test('only the share that the dice falls into is shadowed', () => {
    expect(decided('legacy', { dice: 0.4999 }).shadow).toBeDefined()
    expect(decided('legacy', { dice: 0.5 }).shadow).toBeUndefined()
    expect(decided('legacy', { dice: 1 }).shadow).toBeUndefined()
  })

  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'LOCK'])('%s is never shadowed', (method) => {
    expect(decided('legacy', { dice: 0 }, { method }).shadow).toBeUndefined()
  })

  test('what writes is shadowed where the route says why that is safe, within its share', () => {
    const route = '{ name: r, capability: orders, match: { path: /o }, shadow: 10%, shadow-writes: { reason: a copy } }'
    const table = tableOf(routesText(route))
    const write = (dice: number) =>
      decide(matchRoute(table, request('POST', '/o')), { caller: undefined, justWrote: false, dice }).shadow
    expect(write(0.0999)).toMatchObject({ arm: 'service', upstream: { name: 'users' } })
    expect(write(0.1)).toBeUndefined()
  })

  test('a plain route has no arm, no bucket and no shadow', () => {
    const table = tableOf(routesText())
    expect(decide(matchRoute(table, request('GET', '/x')), { ...alice, dice: 0 })).toMatchObject({
      route: 'everything-else',
      capability: undefined,
      arm: undefined,
      served: { name: 'monolith' },
      shadow: undefined,
      byShare: false,
    })
  })

  test('a method that no route names is served by the owner, and never shadowed', () => {
    const route = '{ name: r, capability: orders, match: { methods: [GET], path: /o }, serve: 50%, shadow: 100% }'
    const table = tableOf(routesText(route).replace('orders: {', 'orders: { owner: service,'))
    const decision = decide(matchRoute(table, request('OPTIONS', '/o')), { ...alice, dice: 0 })
    expect(decision).toMatchObject({ route: 'r', arm: 'service', served: { name: 'users' }, shadow: undefined })
    expect(decision.why).toBe('no route names OPTIONS on this path of orders: its owner answers')
  })
})

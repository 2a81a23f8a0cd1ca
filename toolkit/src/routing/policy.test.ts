import { describe, expect, test } from 'vitest'
import { parseRouteTable } from './parse.ts'

const none = Number.POSITIVE_INFINITY

describe('policies of an upstream', () => {
  test('have safe defaults: one retry within a budget, no breaker before the monolith, one before a service', () => {
    const { upstreams } = tableOf({})
    expect(upstreams.get('old')?.policy).toEqual({
      timeouts: { connectMs: 5_000, headerMs: 30_000, idleMs: 300_000, totalMs: none },
      connections: { max: 1024, waiting: 1024 },
      retry: { times: 1, budgetShare: 0.1, backoffMs: 25, statuses: [] },
      breaker: undefined,
      health: undefined,
      eject: { failures: 5, forMs: 30_000 },
    })
    expect(upstreams.get('new')?.policy.breaker).toEqual({
      failureShare: 0.5,
      volume: 20,
      windowMs: 10_000,
      openMs: 5_000,
    })
  })

  test('are what the file says', () => {
    const old = `url: http://127.0.0.1:4000, timeouts: { connect: 1s, header: 2s, idle: 1m, total: 10s },
      connections: { max: 8, waiting: 0 }, retry: { times: 3, budget: 20%, backoff: 5ms, statuses: [502, 503] },
      breaker: { failures: 12.5%, volume: 5, window: 1s, open: 100ms },
      health: { path: "/healthz?deep=1", every: 1s, timeout: 200ms, fails: 1, passes: 4 }, eject: { failures: 2, for: 1m }`
    expect(tableOf({ old }).upstreams.get('old')).toMatchObject({
      timeoutMs: 2_000,
      policy: {
        timeouts: { connectMs: 1_000, headerMs: 2_000, idleMs: 60_000, totalMs: 10_000 },
        connections: { max: 8, waiting: 0 },
        retry: { times: 3, budgetShare: 0.2, backoffMs: 5, statuses: [502, 503] },
        breaker: { failureShare: 0.125, volume: 5, windowMs: 1_000, openMs: 100 },
        health: { path: '/healthz?deep=1', everyMs: 1_000, timeoutMs: 200, fails: 1, passes: 4 },
        eject: { failures: 2, forMs: 60_000 },
      },
    })
  })

  test('are off where the file says off, also for the service of a capability', () => {
    const table = tableOf({ fresh: 'url: http://127.0.0.1:4001, retry: off, breaker: off, eject: off' })
    expect(table.upstreams.get('new')?.policy).toMatchObject({ retry: undefined, breaker: undefined, eject: undefined })
  })

  test('take "timeout" as the short form of "timeouts.header", and check no longer than there is time', () => {
    const old = 'url: http://127.0.0.1:4000, timeout: 7s, health: { path: /, every: 500ms }'
    const policy = tableOf({ old }).upstreams.get('old')?.policy
    expect(policy).toMatchObject({ timeouts: { headerMs: 7_000 }, health: { everyMs: 500, timeoutMs: 500 } })
  })
})

test('a route says its own time-outs, whether it is sent again, and who answers when the service fails', () => {
  const [own, rest] = tableOf({ route: 'timeouts: { header: 1s, total: 3s }, retry: off, fallback: legacy' }).routes
  expect(own?.policy).toEqual({ timeouts: { headerMs: 1_000, totalMs: 3_000 }, retry: false, fallback: 'legacy' })
  expect(rest?.policy).toEqual({ timeouts: undefined, retry: true, fallback: undefined })
})

describe('what is wrong is said at its place:', () => {
  const address = 'url: http://127.0.0.1:4000'
  test.each([
    ['timeout: 1s, timeouts: { header: 1s }', 'upstreams.old.timeout: it says the same as "timeouts.header"'],
    ['timeouts: { headers: 1s }', 'Did you mean "header"?'],
    ['timeouts: { connect: 2m }', '"2m" is no duration that is allowed here'],
    ['timeouts: { total: 0s }', '"0s" is no duration that is allowed here'],
    ['connections: { max: 0 }', 'Allowed: a whole number from 1 to 65536.'],
    ['connections: 5', 'is not a map'],
    ['retry: never', 'upstreams.old.retry: it is neither a map nor "off"'],
    ['retry: { times: 9 }', 'Allowed: a whole number from 1 to 5.'],
    ['retry: { budget: 0% }', '0% is nothing. Allowed: a share above 0%, up to 100%.'],
    [
      'retry: { statuses: [404] }',
      'upstreams.old.retry.statuses[0]: it is not allowed here. Allowed: 500, 502, 503, 504.',
    ],
    ['breaker: on', 'it is neither a map nor "off"'],
    ['breaker: { failures: 101% }', 'more than 100%'],
    ['health: { every: 1s }', 'upstreams.old.health.path: it is missing'],
    ['health: { path: healthz }', '"healthz" is not a path'],
    ['health: { path: "/a b" }', '"/a b" is not a path'],
    ['health: { path: /, timeout: 6s }', 'a check would still run when the next begins'],
    ['eject: { after: 3 }', 'the key "after" is unknown. Allowed: failures, for.'],
  ])('%s', (keys, message) => {
    expect(problemsOf({ old: `${address}, ${keys}` })).toContain(message)
  })

  test.each([
    ['fallback: service', 'routes[0].fallback: "service" is unknown. Allowed: legacy.'],
    ['fallback: legacy, match: { path: /a, methods: [POST] }', 'none of the methods ever falls back'],
    ['retry: { times: 2 }', 'routes[0].retry: a map is not text. Allowed: off.'],
  ])('%s', (route, message) => {
    expect(problemsOf({ route })).toContain(message)
  })

  test('a plain route has no arm to fall back to', () => {
    expect(problemsOf({ rest: 'fallback: legacy' })).toContain(
      'routes[1].fallback: a route to a plain upstream has no arms. Allowed only with "capability".',
    )
  })
})

interface Parts {
  readonly old?: string
  readonly fresh?: string
  readonly route?: string
  readonly rest?: string
}

function tableOf(parts: Parts) {
  const parsed = parseRouteTable(text(parts), 'routes.yaml')
  if (!parsed.ok) throw new Error(problemsOf(parts))
  return parsed.table
}

function problemsOf(parts: Parts): string {
  const parsed = parseRouteTable(text(parts), 'routes.yaml')
  return parsed.ok ? '' : parsed.problems.map(({ path, message }) => `${path}: ${message}`).join('\n')
}

function text({
  old = 'url: http://127.0.0.1:4000',
  fresh = 'url: http://127.0.0.1:4001',
  route = '',
  rest = '',
}: Parts): string {
  const match = route.includes('match:') ? '' : ', match: { path: /users }'
  return `version: 1
upstreams:
  old: { ${old} }
  new: { ${fresh} }
capabilities:
  users: { legacy: old, service: new }
routes:
  - { name: users.read, capability: users${match}${route === '' ? '' : `, ${route}`} }
  - { name: rest, upstream: old, match: { path: /* }${rest === '' ? '' : `, ${rest}`} }
`
}

import { expect, test } from 'vitest'
import { parseRouteTable } from './parse.ts'

test('a recording section says what is always recorded, how large it grows, and what else is redacted', () => {
  const { recording } =
    tableOf(`{ share: 5%, capabilities: [users], folder: ../rec, part: 16MiB, keep: 2 GiB, body: 256KiB, vault: true,
    redact: { headers: [x-customer-ref], fields: [email], paths: ["$.items[*].memo"], keep: [pin] } }`)
  expect(recording).toEqual({
    standing: {
      percent: 5,
      routes: new Set(['users.read']),
      folder: '/etc/rec',
      partBytes: 16 * 1024 ** 2,
      keepBytes: 2 * 1024 ** 3,
      vault: true,
    },
    maxBodyBytes: 256 * 1024,
    redact: { headers: ['x-customer-ref'], fields: ['email'], paths: ['$.items[*].memo'], keep: ['pin'] },
  })
})

test('without a share nothing is always recorded; without routes every one is', () => {
  expect(tableOf('{ redact: { fields: [email] } }').recording?.standing).toBeUndefined()
  expect(tableOf('{ share: 0%, folder: x }').recording?.standing).toBeUndefined()
  const standing = tableOf('{ share: 100%, folder: x, keep: 1MiB }').recording?.standing
  expect(standing).toMatchObject({ routes: new Set(['users.read', 'rest']), partBytes: 1024 ** 2, vault: false })
})

test.each([
  ['{ share: 5% }', 'recording.folder: what is always recorded needs it beside "share"'],
  ['{ share: 500%, folder: x }', 'more than 100%'],
  ['{ routes: [users.raed] }', 'no route "users.raed". Declared: users.read, rest. Did you mean "users.read"?'],
  ['{ capabilities: [user] }', 'no capability "user". Declared: users.'],
  ['{ body: 2MiB }', 'no more than 1MiB of a body'],
  ['{ part: 2GiB }', 'a part is larger than all that is kept'],
  ['{ keep: 12 }', 'is not text. Allowed: a whole number with a unit'],
  ['{ keep: 12MB }', '"12MB" is no size'],
  ['{ redact: { paths: ["$.a[b]"] } }', '"$.a[b]" is no path into a JSON body, from "[b]" on'],
  ['{ redact: { paths: [header:x] } }', 'is no path into a JSON body'],
  ['{ redact: { feilds: [a] } }', 'Did you mean "fields"?'],
])('what is wrong is said at its place: %s', (recording, message) => {
  const parsed = parseRouteTable(text(recording), '/etc/banyan/routes.yaml')
  expect(parsed.ok ? '' : parsed.problems.map((problem) => `${problem.path}: ${problem.message}`).join('\n')).toContain(
    message,
  )
})

function tableOf(recording: string) {
  const parsed = parseRouteTable(text(recording), '/etc/banyan/routes.yaml')
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('\n'))
  return parsed.table
}

function text(recording: string): string {
  return `version: 1
upstreams:
  old: { url: http://127.0.0.1:4000 }
  new: { url: http://127.0.0.1:4001 }
capabilities:
  users: { legacy: old, service: new }
recording: ${recording}
routes:
  - { name: users.read, capability: users, match: { path: /users } }
  - { name: rest, upstream: old, match: { path: /* } }
`
}

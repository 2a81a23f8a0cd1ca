import { expect, test } from 'vitest'
import { portsFrom } from './ports.ts'

test('a port that fetch refuses to ask is named at once, with another one', async () => {
  expect(() => portsFrom({ MONOLITH_PORT: '6000' })).toThrow('MONOLITH_PORT=6000 is a port that browsers and fetch')
  expect(portsFrom({ MONOLITH_PORT: '6300' }).monolith).toBe(6300)
  await expect(fetch('http://127.0.0.1:6000')).rejects.toMatchObject({ cause: { message: 'bad port' } })
})

test('what is no port is refused, and what is not set is the documented one', () => {
  for (const text of ['0', '65536', 'http']) expect(() => portsFrom({ EDGE_PORT: text })).toThrow('is no port')
  expect(portsFrom({ EDGE_PORT: '' })).toMatchObject({ edge: 8080, users: 4101 })
})

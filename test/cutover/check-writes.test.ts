import { expect, test } from 'vitest'
import { checkWrites, type StoredCustomer } from './check-writes.ts'
import type { Fate, KnownWrite } from './known-writer.ts'

const stored: StoredCustomer = { id: '7', email: 'a@known.example', phone: '+1 u', deleted: false }

test('a history that the row tells of is in order', () => {
  expect(checkWrites([write('create', 'c'), write('update', 'u')], [stored])).toEqual([])
})

test('an acknowledged write that is missing, doubled or overwritten is found', () => {
  const history = [write('create', 'c'), write('update', 'u')]
  expect(checkWrites(history, [])).toHaveLength(1)
  expect(checkWrites(history, [stored, { ...stored, id: '8' }])).toHaveLength(1)
  expect(checkWrites(history, [{ ...stored, phone: '+1 c' }])).toHaveLength(1)
  expect(checkWrites([...history, write('delete', 'd')], [stored])).toHaveLength(1)
})

test('a refused write that is there is found', () => {
  expect(checkWrites([write('create', 'c', 'refused')], [stored])).toHaveLength(1)
  expect(checkWrites([write('create', 'c'), write('update', 'u', 'refused')], [stored])).toHaveLength(1)
  expect(
    checkWrites([write('create', 'c'), write('delete', 'd', 'refused')], [{ ...stored, phone: '+1 c', deleted: true }]),
  ).toHaveLength(1)
})

test('a write whose connection was cut may be there or not, and nothing else', () => {
  const history = [write('create', 'c'), write('update', 'u', 'cut')]
  expect(checkWrites(history, [stored])).toEqual([])
  expect(checkWrites(history, [{ ...stored, phone: '+1 c' }])).toEqual([])
  expect(checkWrites(history, [{ ...stored, phone: '+1 x' }])).toHaveLength(1)
})

function write(kind: KnownWrite['kind'], id: string, fate: Fate = 'acknowledged'): KnownWrite {
  return {
    id,
    kind,
    email: 'a@known.example',
    customer: fate === 'acknowledged' ? '7' : undefined,
    fate,
    startedAt: 0,
    tookMs: 1,
  }
}

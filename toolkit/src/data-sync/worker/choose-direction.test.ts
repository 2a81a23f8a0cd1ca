import { expect, test } from 'vitest'
import type { Owner, OwnerRow } from '../ports/owner.ts'
import { chooseDirection, sameCourse } from './choose-direction.ts'

const row = (owner: Owner, epoch: number): OwnerRow => ({ owner, epoch, fence: 'enforce', intent: undefined })

test('from legacy to the service while no ownership is installed, and while legacy owns', () => {
  expect(chooseDirection({ legacy: undefined, service: undefined })).toEqual({ to: 'service', epoch: undefined })
  expect(chooseDirection({ legacy: undefined, service: row('legacy', 0) })).toEqual({ to: 'service', epoch: 0 })
  expect(chooseDirection({ legacy: row('legacy', 2), service: row('legacy', 2) })).toEqual({ to: 'service', epoch: 2 })
})

test('the way forth goes on while legacy is fenced, until the arbiter says that the owner has changed', () => {
  expect(chooseDirection({ legacy: row('moving', 3), service: row('legacy', 2) })).toEqual({ to: 'service', epoch: 2 })
  expect(chooseDirection({ legacy: row('moving', 3), service: row('service', 3) })).toMatchObject({ to: undefined })
  expect(chooseDirection({ legacy: row('service', 3), service: row('service', 3) })).toEqual({ to: 'legacy', epoch: 3 })
})

test('and the same on the way back', () => {
  expect(chooseDirection({ legacy: row('service', 3), service: row('moving', 4) })).toEqual({ to: 'legacy', epoch: 3 })
  expect(chooseDirection({ legacy: row('legacy', 4), service: row('moving', 4) })).toMatchObject({ to: undefined })
  expect(chooseDirection({ legacy: row('legacy', 4), service: row('legacy', 4) })).toEqual({ to: 'service', epoch: 4 })
})

test('law 3: never both ways: the later word counts where a database came back from a backup, and two of one epoch stop the work', () => {
  expect(chooseDirection({ legacy: row('service', 3), service: row('legacy', 2) })).toEqual({ to: 'legacy', epoch: 3 })
  expect(chooseDirection({ legacy: row('service', 3), service: row('legacy', 4) })).toEqual({ to: 'service', epoch: 4 })
  expect(chooseDirection({ legacy: row('service', 3), service: row('legacy', 3) })).toMatchObject({
    to: undefined,
    why: expect.stringContaining('doctor'),
  })
})

test('a course is another when its epoch is', () => {
  expect(sameCourse({ to: 'service', epoch: 1 }, { to: 'service', epoch: 1 })).toBe(true)
  expect(sameCourse({ to: 'service', epoch: 1 }, { to: 'service', epoch: 3 })).toBe(false)
  expect(sameCourse({ to: 'service', epoch: 1 }, { to: undefined, why: 'x' })).toBe(false)
})

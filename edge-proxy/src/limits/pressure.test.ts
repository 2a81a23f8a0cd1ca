import fc from 'fast-check'
import { expect, test } from 'vitest'
import { calm, judgePressure, type LoadSample } from './pressure.ts'

const limits = { maxLagMs: 500, maxMemoryBytes: 1_000 }
const sample = (sampled: Partial<LoadSample>): LoadSample => ({
  lagMs: 1,
  utilization: 0.1,
  memoryBytes: 100,
  ...sampled,
})
const four = (sampled: Partial<LoadSample>) => new Array<LoadSample>(4).fill(sample(sampled))

test('one long pause of the machine is no overload', () => {
  const paused = [...four({}).slice(1), sample({ lagMs: 9_000, utilization: 1 })]
  expect(judgePressure(calm, paused, limits)).toEqual(calm)
})

test('a delay that lasts sheds more and more, never all, and less and less when it is over', () => {
  let pressure = calm
  const shares: number[] = []
  for (const lagMs of [600, 600, 600, 600, 600, 10, 10, 10]) {
    pressure = judgePressure(pressure, four({ lagMs }), limits)
    shares.push(Math.round(pressure.shed * 100))
    expect(pressure.level).toBe('overloaded')
  }
  expect(shares).toEqual([25, 50, 75, 95, 95, 85, 75, 65])
  for (let n = 0; n < 7; n++) pressure = judgePressure(pressure, four({}), limits)
  expect(pressure).toEqual(calm)
})

test('memory beyond its limit sheds as well, and near it strains', () => {
  const over = judgePressure(calm, four({ memoryBytes: 1_001 }), limits)
  expect(over).toEqual({ level: 'overloaded', shed: 0.25, why: 'memory' })
  expect(judgePressure(over, four({}), limits)).toMatchObject({ level: 'overloaded', why: 'memory' })
  expect(judgePressure(calm, four({ memoryBytes: 850 }), limits)).toEqual({ level: 'strained', shed: 0, why: 'memory' })
})

test('a loop that never rests is strained, and sheds nothing', () => {
  expect(judgePressure(calm, four({ utilization: 0.99 }), limits)).toMatchObject({ level: 'strained', shed: 0 })
  expect(judgePressure(calm, four({ lagMs: 300 }), limits)).toMatchObject({ level: 'strained', why: 'lag' })
})

test('what is shed is a share, and only an overload sheds', () => {
  const any = fc.record({
    lagMs: fc.double({ min: 0, max: 5_000, noNaN: true }),
    utilization: fc.double({ min: 0, max: 1, noNaN: true }),
    memoryBytes: fc.nat(2_000),
  })
  fc.assert(
    fc.property(fc.array(fc.array(any, { minLength: 4, maxLength: 4 }), { maxLength: 30 }), (rounds) => {
      let pressure = calm
      for (const samples of rounds) {
        pressure = judgePressure(pressure, samples, limits)
        expect(pressure.shed).toBeGreaterThanOrEqual(0)
        expect(pressure.shed).toBeLessThanOrEqual(1)
        expect(pressure.shed > 0).toBe(pressure.level === 'overloaded')
      }
    }),
  )
})

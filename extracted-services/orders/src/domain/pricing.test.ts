import fc from 'fast-check'
import { expect, test } from 'vitest'
import { totalsOf } from './pricing.ts'

const line = { productId: 1, title: 'Oak spoon', quantity: 1 }

test('shipping is free from 75 dollars on, and the tax of New York is rounded half a cent up', () => {
  expect(totalsOf([{ ...line, unitPriceCents: 7499 }], 'PA')).toEqual({
    goods: 7499,
    shipping: 595,
    tax: 0,
    total: 8094,
  })
  expect(totalsOf([{ ...line, unitPriceCents: 7500 }], 'PA')).toMatchObject({ shipping: 0, total: 7500 })
  // 8.875 % of 4.00 is 35.5 cents.
  expect(totalsOf([{ ...line, unitPriceCents: 400 }], 'NY')).toMatchObject({ tax: 36 })
})

test('the sum of any order that can be placed is exact to the cent', () => {
  const priced = fc.record({
    unitPriceCents: fc.integer({ min: 0, max: 99_999_999_999 }),
    quantity: fc.integer({ min: 1, max: 99 }),
  })
  fc.assert(
    fc.property(fc.array(priced, { minLength: 1, maxLength: 50 }), (wanted) => {
      const exact = wanted.reduce((sum, each) => sum + BigInt(each.unitPriceCents) * BigInt(each.quantity), 0n)
      const tax = (exact * 8875n + 50_000n) / 100_000n
      const shipping = exact >= 7500n ? 0n : 595n
      const { goods, total } = totalsOf(
        wanted.map((each) => ({ ...line, ...each })),
        'NY',
      )
      expect([BigInt(goods), BigInt(total)]).toEqual([exact, exact + tax + shipping])
    }),
  )
})

test('a tax whose calculation passes 2^53 on its way is exact, too', () => {
  // Floating point would give 43 922 374 983 310.
  expect(totalsOf([{ ...line, quantity: 4949, unitPriceCents: 99_999_999_962 }], 'NY').tax).toBe(43_922_374_983_309)
})

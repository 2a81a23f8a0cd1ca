import { expect, onTestFinished, test } from 'vitest'
import { startNeighbour } from '../../test/neighbours.ts'
import { buildNeighbour } from './neighbour.ts'
import { askProduct } from './shop.ts'

test.each([
  ['19.95', 1995],
  ['0.07', 7],
  ['12.5', 1250],
  ['12', 1200],
  ['999999999.99', 99_999_999_999],
])("the shop's price %s is %i cents", async (price, unitPriceCents) => {
  expect(await askFor(price)).toEqual({ title: 'Oak spoon', unitPriceCents, onHand: 3 })
})

test.each(['-1.00', '1.005', '1,000.00', '1e3', '', '9999999999.00', 12.5])(
  'a price that is none, %j, is not believed, so that nobody is charged it',
  async (price) => {
    await expect(askFor(price)).rejects.toMatchObject({ code: 'shop-unavailable' })
  },
)

async function askFor(price: unknown) {
  const server = await startNeighbour((path) =>
    path.startsWith('/api/products/') ? { title: 'Oak spoon', price, active: 'Y' } : { onHand: 3 },
  )
  const shop = buildNeighbour('shop', server.url)
  onTestFinished(() => shop.close())
  return await askProduct(shop, 5, {})
}

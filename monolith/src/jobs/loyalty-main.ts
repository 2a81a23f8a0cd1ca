import { openDatabase } from '../database/open.ts'
import { ShopProblem } from '../database/problem.ts'
import { databaseUrl } from '../database/url.ts'
import { rateLoyalty } from './loyalty.ts'

// Runs the nightly job once, by hand: node --import tsx monolith/src/jobs/loyalty-main.ts
try {
  const { db, state } = await openDatabase(databaseUrl(process.env.MONOLITH_DATABASE_URL), 'shop loyalty job')
  try {
    if (state === 'empty')
      throw new ShopProblem('database-empty', 'the database is new', { hint: 'start or seed the shop first' })
    const run = await rateLoyalty({ db, now: () => new Date(), log: console.error })
    console.log(`rated ${run.rated} customers, ${run.changed} have another tier now`)
  } finally {
    await db.destroy()
  }
} catch (error) {
  console.error(error instanceof ShopProblem ? `${error.message}\n  ${error.hint}` : error)
  process.exitCode = 1
}

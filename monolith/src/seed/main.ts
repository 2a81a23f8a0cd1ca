import { parseArgs } from 'node:util'
import { dialectOf } from '../database/dialect.ts'
import { openDatabase } from '../database/open.ts'
import { ShopProblem } from '../database/problem.ts'
import { databaseUrl } from '../database/url.ts'
import { emptyDatabase, seedDatabase } from './seed.ts'

// Seeds the shop's database: node --import tsx monolith/src/seed/main.ts [--scale N] [--fresh]
const usage = 'usage: node --import tsx monolith/src/seed/main.ts [--scale N] [--fresh]'
try {
  const { scale, fresh } = readArguments()
  await seed(databaseUrl(process.env.MONOLITH_DATABASE_URL), scale, fresh)
} catch (error) {
  console.error(error instanceof ShopProblem ? `${error.message}\n  ${error.hint}` : error)
  process.exitCode = 1
}

function readArguments(): { readonly scale: number; readonly fresh: boolean } {
  const { values } = parseArgs({
    options: { scale: { type: 'string', default: '1' }, fresh: { type: 'boolean', default: false } },
  })
  const scale = Number(values.scale)
  if (scale > 0 && scale <= 1_000) return { scale, fresh: values.fresh }
  throw new ShopProblem('seed-scale', `--scale ${values.scale} is not a number above 0 and up to 1000`, { hint: usage })
}

async function seed(url: string, scale: number, fresh: boolean): Promise<void> {
  const { db, state } = await openDatabase(url)
  try {
    if (state === 'shop' && !fresh) {
      console.log('the database is seeded already; --fresh drops everything in it and begins anew')
      return
    }
    if (state === 'shop') await emptyDatabase(db)
    const seeded = await seedDatabase(db, scale)
    if (seeded) console.log(`seeded ${seeded.rows} rows in ${seeded.tookMs} ms (${dialectOf(db)}, scale ${scale})`)
  } finally {
    await db.destroy()
  }
}

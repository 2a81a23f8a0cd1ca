import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { sqliteDatabases } from '../../test/databases.ts'
import { connectDatabase } from './connect.ts'
import { migrate } from './migrate.ts'

test('processes that start together wait for each other, and the schema is made once', async () => {
  const databases = await sqliteDatabases()
  onTestFinished(() => databases.stop())
  const url = await databases.freshUrl()
  const outcomes = await Promise.all([migrateInProcess(url), migrateInProcess(url), migrateInProcess(url)])
  expect(outcomes.sort()).toEqual(['0 ["001-create-users"]', '0 []', '0 []'])
})

test('a step that fails leaves nothing of itself or of the others', async () => {
  const databases = await sqliteDatabases()
  const db = connectDatabase(await databases.freshUrl())
  onTestFinished(async () => {
    await db.destroy()
    await databases.stop()
  })
  const steps = ['create table one (id integer)', 'create nonsense'].map((sql, at) => ({
    name: `00${at}`,
    up: async (tx: { raw(sql: string): PromiseLike<unknown> }) => {
      await tx.raw(sql)
    },
  }))
  await expect(migrate(db, steps)).rejects.toThrow('nonsense')
  expect(await db.schema.hasTable('one')).toBe(false)
})

async function migrateInProcess(url: string): Promise<string> {
  const script = `
    import { connectDatabase } from '${new URL('connect.ts', import.meta.url).href}'
    import { migrate } from '${new URL('migrate.ts', import.meta.url).href}'
    const db = connectDatabase(${JSON.stringify(url)})
    process.stdout.write(JSON.stringify(await migrate(db)))
    await db.destroy()`
  const args = ['--import', 'tsx', '--conditions=banyan-source', '--input-type=module', '-e', script]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk
  })
  const [code] = await once(child, 'close')
  return `${code} ${said}`
}
